//! Fetches pages by hand: `cargo run -p watchkeeper-fetch --example get -- [--allow-private] [--feed] URL…`
#![expect(clippy::print_stdout, reason = "an example for the terminal")]

use watchkeeper_fetch::{Fetched, Fetcher, Options, feed};

fn main() {
    let (flags, urls): (Vec<String>, Vec<String>) =
        std::env::args().skip(1).partition(|word| word.starts_with("--"));
    let is_set = |flag: &str| flags.iter().any(|given| given == flag);
    let options = Options { allow_private: is_set("--allow-private"), ..Options::default() };
    let fetcher = match Fetcher::new(options) {
        Ok(fetcher) => fetcher,
        Err(error) => return println!("{error}"),
    };
    for url in urls {
        let page = match fetcher.get(&url, None) {
            Ok(Fetched::Page(page)) => page,
            Ok(Fetched::NotModified(_)) => continue,
            Err(error) => {
                println!("{error}");
                continue;
            }
        };
        let http = page.http.as_ref();
        println!(
            "{url}: {}, {} bytes, {:?}",
            page.form.word(),
            page.bytes.len(),
            http.map(|http| &http.redirects)
        );
        if is_set("--feed") {
            let charset = http.and_then(|http| http.charset());
            match feed::parse(&page.bytes, http.map(|http| http.url.as_str()), charset.as_deref()) {
                Ok(feed) => println!("{feed:#?}"),
                Err(error) => println!("{error}"),
            }
        }
    }
}
