//! Measures exports: `cargo run --release -p watchkeeper-report --example exports [INCIDENTS]`.
//!
//! Incidents are the first one of the golden JSON lines under new ids, each with its two reports. Prints seconds and bytes by format.

#![expect(clippy::print_stdout, reason = "a measuring tool")]

use std::time::Instant;

use watchkeeper_record::incident::{Account, Incident};
use watchkeeper_report::export::{Export, Exported, Format, Options, Report};

const GOLDEN: &str = include_str!("../tests/exports/sample.jsonl");

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let count: usize = std::env::args().nth(1).map_or(Ok(10_000), |text| text.parse())?;
    let line: serde_json::Value = serde_json::from_str(GOLDEN.lines().next().unwrap_or_default())?;
    let incident: Incident = serde_json::from_value(line["incident"].clone())?;
    let accounts: Vec<Account> = serde_json::from_value(line["accounts"].clone())?;
    let options = Options {
        reveal_private: false,
        as_of: None,
        coarsen_km: None,
        query: None,
        made: "2021-04-01T12:00:00Z".parse()?,
        version: "0".to_owned(),
    };
    for format in Format::ALL {
        let start = Instant::now();
        let mut out = Vec::new();
        let mut export = Export::begin(*format, options.clone(), &mut out)?;
        for number in 0..count {
            let reports = accounts.iter().map(|account| Report {
                document: format!("{number:032x}{}", &account.document[..32]),
                title: Some(format!("Report {number}")),
                outlet: account.outlet.clone(),
                grade: 'B',
                credibility: 2,
                known: account.known,
                dated: true,
                url: Some(format!("https://news.example/{number}")),
                quote: Some("Somebody by the name of Ana Lind was hurt.".to_owned()),
            });
            export.incident(&Exported {
                incident: Incident { id: format!("{number:064x}"), ..incident.clone() },
                accounts: accounts.clone(),
                reports: reports.collect(),
                actors: Vec::new(),
                statements: Vec::new(),
                private_names: vec!["Ana Lind".to_owned()],
                corrected: false,
            })?;
        }
        export.end()?;
        let name = format.as_str();
        println!("{name:8} {count} incidents {:.2} s {} bytes", start.elapsed().as_secs_f64(), out.len());
    }
    Ok(())
}
