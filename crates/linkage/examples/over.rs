//! Merges readings (one JSON object a line) and prints the incidents, one JSON object a line: for a developer's loop.
use std::io::BufRead;

use watchkeeper_linkage::over::{Counted, Said, accounts, merge};
use watchkeeper_record::Reading;
use watchkeeper_record::span::Quote;

fn main() {
    let mut all = Vec::new();
    for line in std::io::stdin().lock().lines() {
        let reading: Reading<Quote> = serde_json::from_str(&line.expect("text")).expect("a reading");
        let published = reading.document.published.as_ref().expect("a day");
        let known = published.end.parse().expect("a day");
        all.extend(accounts(&reading, Counted { known, dated: true }));
    }
    for incident in merge(&all, &Said::default()) {
        println!(
            "{}",
            serde_json::json!({"incident": incident, "accounts": all.iter().filter(|a| incident.accounts.contains(&a.id)).collect::<Vec<_>>()})
        );
    }
}
