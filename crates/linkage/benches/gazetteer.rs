//! What the gazetteer costs: `cargo bench -p watchkeeper-linkage --bench gazetteer`.

#![allow(missing_docs, reason = "criterion's macros make public functions without documentation")]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use watchkeeper_linkage::Gazetteer;

const GAZETTEER: &[u8] = include_bytes!("../../../data/gazetteer/places.wkg");

fn benches(criterion: &mut Criterion) {
    criterion.bench_function("open", |bencher| bencher.iter(|| Gazetteer::open(black_box(GAZETTEER))));
    let gazetteer = Gazetteer::open(GAZETTEER).expect("the shipped gazetteer opens");
    for (kind, name) in [
        ("main name", "Ouagadougou"),
        ("other name", "Dayr az Zawr"),
        ("spelled alike", "Kamishly"),
        ("unknown", "Zzyrvantobad"),
        ("38 places", "Paris"),
        ("200 places", "San Jose"),
    ] {
        criterion.bench_function(&format!("find: {kind}"), |bencher| {
            bencher.iter(|| gazetteer.find_all(black_box(name)));
        });
    }
    let row = gazetteer.find("Ouagadougou")[0].row;
    criterion.bench_function("row", |bencher| bencher.iter(|| gazetteer.place(black_box(row))));
}

criterion_group!(gazetteer, benches);
criterion_main!(gazetteer);
