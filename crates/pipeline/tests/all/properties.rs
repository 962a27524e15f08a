//! Properties of whole readings, for any text: the contract holds, masked ranges give nothing, the same bytes give the same
//! reading whatever was read before and on however many threads.

use std::sync::LazyLock;

use proptest::prelude::*;
use watchkeeper_pipeline::{Doors, Engine, ReadOptions, RunOptions, gather, inputs, read_pages};
use watchkeeper_record::check::breaches;

static ENGINE: LazyLock<Engine> = LazyLock::new(|| Engine::embedded().expect("the embedded data are sound"));

fn options() -> ReadOptions {
    ReadOptions { published: "2021-05-03".parse().ok(), ..ReadOptions::default() }
}

/// Reads bytes, checks the contract, and gives the published form; `None` where they are no text.
fn read(bytes: &[u8]) -> Option<String> {
    let reading = ENGINE.read_bytes(bytes, &options()).ok()?.quoted();
    let broken = breaches(&reading);
    assert!(broken.is_empty(), "{broken:#?}\nof {:?}", reading.document.text);
    Some(serde_json::to_string(&reading).expect("a reading can be written"))
}

/// Sentences, debris and oddities that reports are made of.
fn part() -> impl Strategy<Value = String> {
    let known = prop::sample::select(vec![
        "Gunmen killed four soldiers near Gao on Tuesday, the army said. ",
        "The group claimed responsibility for the bombing of a market in Kano. ",
        "“We will attack again,” its leader warned. ",
        "Police said that they had foiled a plot against the airport. ",
        "Sen. Ann LeeAnn Mary LeeLee backs billFour killed in raidMORE said that the Taliban had taken Kunduz. ",
        "At least 28 people were wounded, among them three children. ",
        "ISIS lost Raqqa to the U.S.-backed Syrian Democratic Forces in October 2017. ",
        "ALSO READ: Bomb kills 12 in Selva\n\n",
        "KABUL, May 3 (AP) — ",
        "BOGOTA, 12 APR 89 (AGENCY) -- [TEXT] TWO BOMBS EXPLODED LAST NIGHT AND KILLED A POLICEMAN. ",
        "Sign up for our newsletter on the war.\n\n",
        "• Two drones hit a depot at Odesa. ",
        "Most read\n1. Army shells town\n2. Ten killed in raid\n\n",
        "The minister denied it; he may resign. ",
        "\n\n",
        "\n",
        "\r\n",
        "\r",
        "\u{2028}",
        "\u{c}",
        "\t",
        " ",
        "\0",
        "\u{200b}",
        "\u{ad}",
        "\u{feff}",
        "🙂",
        "e\u{301}",
        "İstanbul'da ",
        "شهر ",
        "軍は",
        "((",
        "“",
        "”",
        "…",
        "<b>",
        "--",
        "A. ",
        "...",
        "$5 ",
        "3 May ",
        "said ",
        "killed ",
        "and ",
        "Russia ",
        "U.S. ",
    ]);
    prop_oneof![6 => known.prop_map(str::to_owned), 1 => any::<String>(), 1 => "[ -~]{0,40}"]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_keeps_the_contract(parts in prop::collection::vec(part(), 0..24)) {
        let text = parts.concat();
        let first = read(text.as_bytes());
        prop_assert_eq!(&first, &read(text.as_bytes()));
    }

    #[test]
    fn any_bytes_keep_the_contract(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        read(&bytes);
    }
}

#[test]
fn threads_and_order_change_nothing() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/reports");
    let sources: Vec<_> = inputs(&[format!("{folder}/*.txt")], false)
        .into_iter()
        .map(|source| source.expect("a readable source"))
        .collect();
    assert!(sources.len() > 3);
    let run = |jobs| {
        let mut lines = Vec::new();
        let produce = |sink: &mut dyn FnMut(_) -> bool| {
            gather(sources.clone(), &Doors::default(), &mut |_| Err("no network".to_owned()), sink)
        };
        read_pages(&ENGINE, &options(), RunOptions { jobs }, produce, |outcome| {
            let reading = outcome.expect("the examples are text").reading.quoted();
            assert!(breaches(&reading).is_empty(), "{:#?}", breaches(&reading));
            lines.push(serde_json::to_string(&reading).expect("a reading can be written"));
            true
        });
        lines
    };
    let one = run(1);
    assert_eq!(one, run(2));
    assert_eq!(one.len(), sources.len());
}

#[test]
fn masked_ranges_give_nothing() {
    let text = "Sen. Ann LeeAnn Mary LeeBomb kills 90 in SelvaRebels take TarskMORE spoke on Monday.\n\nALSO READ: Rebels shell Kano, kill 12\n\nNothing else happened.";
    let reading = ENGINE.read_bytes(text.as_bytes(), &options()).expect("text").quoted();
    assert!(breaches(&reading).is_empty());
    assert_eq!(reading.document.masked.len(), 2);
    assert!(
        reading
            .actors
            .iter()
            .all(|actor| actor.mentions.iter().all(|mention| !mention.quote.contains("Rebels")))
    );
    assert!(
        reading.events.iter().all(|event| event.trigger.quote != "kills" && event.trigger.quote != "shell")
    );
}

#[test]
fn floods_of_marks_are_not_read_and_the_text_beside_them_is() {
    let text = format!(
        "Gunmen killed four soldiers near Gao on Tuesday.\n\n{}\n\nThe army said so.",
        "“,” ".repeat(200_000)
    );
    let reading = ENGINE.read_bytes(text.as_bytes(), &options()).expect("text").quoted();
    assert!(breaches(&reading).is_empty());
    assert!(reading.events.iter().any(|event| event.trigger.quote == "killed"));
    assert!(reading.diagnostics.iter().any(|remark| remark.code == "not-prose"), "{:?}", reading.diagnostics);
}

#[test]
fn sentences_without_end_are_cut_and_keep_the_contract() {
    let flood = "he said that she said that Ali Khan of Kabul killed four, ".repeat(300);
    let text = format!("Gunmen killed four soldiers near Gao on Tuesday.\n\nPolice said {flood}");
    let reading = ENGINE.read_bytes(text.as_bytes(), &options()).expect("text").quoted();
    assert!(breaches(&reading).is_empty(), "{:#?}", breaches(&reading));
    assert!(reading.events.iter().any(|event| event.trigger.quote == "killed"));
    assert!(
        reading.diagnostics.iter().any(|remark| remark.code == "sentence-cut"),
        "{:?}",
        reading.diagnostics
    );
    // Without the cut every saying would hold all that follow.
    assert!(serde_json::to_string(&reading).expect("a reading can be written").len() < 400 * text.len());
}
