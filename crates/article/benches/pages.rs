//! What reading a page costs: `cargo bench -p watchkeeper-article --bench pages`, over the pages of `testdata/pages`.

#![allow(missing_docs, reason = "criterion's macros make public functions without documentation")]

use std::hint::black_box;
use std::path::Path;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use watchkeeper_article::{ArticleOptions, extract};

fn benches(criterion: &mut Criterion) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/pages");
    let mut paths: Vec<_> = std::fs::read_dir(folder)
        .expect("the folder of test pages")
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|path| path.extension().is_some_and(|extension| extension == "html"))
        .collect();
    paths.sort();
    let pages: Vec<Vec<u8>> = paths.iter().map(|path| std::fs::read(path).expect("a page")).collect();
    let options = ArticleOptions::default();
    let mut group = criterion.benchmark_group("pages");
    group.throughput(Throughput::Elements(pages.len() as u64));
    group.bench_function("read all", |bencher| {
        bencher.iter(|| pages.iter().filter(|page| extract(black_box(page), &options).is_ok()).count());
    });
    group.finish();
}

criterion_group!(pages, benches);
criterion_main!(pages);
