//! Every hostile input ends, within time, with what it should: pages beside it are kept, something is refused.
//! Time is this thread's processor time, for tests share loaded machines on which anything may take ten times as long by the clock.
//! `cargo xtask hostile` holds each input, in a process of its own, to 5 s and 512 MB.

use std::ops::ControlFlow;
use std::time::Duration;

use watchkeeper_intake::hostile::all;
use watchkeeper_intake::{Limits, Outcome, Source, read};

/// Processor time for one input on the doors' own side, PDF child apart (which has a limit by the clock). The slowest takes 0.6 s in
/// the `quick` profile on a shared 2-core AMD EPYC; slower machines and the dev profile get the rest.
const PROCESSOR_MAX: Duration = Duration::from_secs(4);

/// Processor time of this thread so far.
#[cfg(unix)]
fn processor_time() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(u64::try_from(time.tv_sec).unwrap(), u32::try_from(time.tv_nsec).unwrap())
}

/// Where threads have no clock of their own, nothing is held here.
#[cfg(not(unix))]
fn processor_time() -> Duration {
    Duration::ZERO
}

#[test]
fn every_input_ends_as_it_should() {
    let options = crate::with_pdf();
    let mut wrong = Vec::new();
    for hostile in all() {
        let start = processor_time();
        let (mut refused, mut longest) = (0u64, 0);
        let source = Source::Bytes { name: hostile.name.to_owned(), bytes: hostile.bytes };
        let summary = read(source, &Limits::default(), &options, &mut |outcome| {
            match outcome {
                Outcome::Refused(refusal) => {
                    refused += 1;
                    assert!(refusal.origin.starts_with(hostile.name), "{refusal}");
                    assert!(!refusal.to_string().is_empty());
                }
                Outcome::Page(found) => {
                    longest = longest.max(found.page.readable().1.len());
                    let member = found.page.origin.trim_start_matches(hostile.name);
                    assert!(!member.contains("..") && !member.contains(char::is_control), "{member}");
                }
                Outcome::Feed(_) | Outcome::Link(_) => {}
            }
            ControlFlow::Continue(())
        });
        let name = hostile.name;
        let mut expect = |holds: bool, what: &str| {
            if !holds {
                wrong.push(format!("{name}: {what}: {summary:?}"));
            }
        };
        let took = processor_time().saturating_sub(start);
        expect(took < PROCESSOR_MAX, &format!("takes {took:?} of processor time"));
        expect(summary.pages >= hostile.pages_min, "gives fewer pages than stand beside it");
        expect(!hostile.refused || summary.refused > 0, "refuses nothing");
        expect(refused <= Limits::default().refusals + 2 && !summary.stopped, "tells too much");
        expect(longest <= 50_000_000, "gives more than a page may hold");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
