//! A watch over hosts that misbehave, for hours of simulated time.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::ControlFlow;
use std::time::Duration;

use watchkeeper_record::page::Form;

use super::world::{Asked, START, World, rss, says, seconds};
use crate::watch::{Ended, Event, Filter, Settings, State, Watch};
use crate::{Error, Manners};

const HOUR: Duration = Duration::from_secs(3_600);

/// What came out of a run.
#[derive(Debug, Default)]
struct Heard {
    /// Origin, form, and why it isn't the page itself.
    pages: Vec<(String, Form, Option<Error>)>,
    polls: BTreeMap<String, usize>,
    checkpoints: usize,
    /// Most bytes that the state ever took.
    state_bytes_most: usize,
}

impl Heard {
    fn origins(&self) -> BTreeSet<&str> {
        self.pages.iter().map(|(origin, ..)| origin.as_str()).collect()
    }
}

fn run(watch: &mut Watch<World, World>, world: &World, once: bool) -> (Heard, Ended) {
    let mut heard = Heard::default();
    let ended = watch.run(once, &world.stop, &mut |event| {
        match event {
            Event::Page { page, instead, .. } => heard.pages.push((page.origin.clone(), page.form, instead)),
            Event::Polled(feed) => *heard.polls.entry(feed.url.clone()).or_default() += 1,
            Event::Checkpoint(state) => {
                heard.checkpoints += 1;
                if heard.checkpoints % 500 == 1 {
                    heard.state_bytes_most = heard.state_bytes_most.max(state.to_json().len());
                }
            }
        }
        ControlFlow::Continue(())
    });
    (heard, ended)
}

fn watch(world: &World, settings: Settings, feeds: &[&str]) -> Watch<World, World> {
    let mut watch = Watch::new(settings, State::new(11), world.clone(), world.clone());
    for feed in feeds {
        assert_eq!(watch.add(feed, None), Ok(true));
    }
    watch
}

/// Polls every five minutes at most, every twenty at least.
fn eager() -> Settings {
    Settings {
        interval_min: Duration::from_secs(300),
        interval_max: Duration::from_secs(1_200),
        backoff_max: Duration::from_secs(1_800),
        ..Settings::default()
    }
}

/// A host with a page for each item of its feed; the feed is the given answer.
fn pages(asked: &Asked) -> Option<Result<crate::Answer, Error>> {
    match asked.path.as_str() {
        "/robots.txt" => Some(says(404, &[], "")),
        path if path.starts_with("/page/") => {
            Some(says(200, &[("content-type", "text/html")], format!("<p>The whole of {path}.</p>")))
        }
        _ => None,
    }
}

/// The misbehaving hosts of the hour.
fn town(world: &World) -> Vec<&'static str> {
    // Behaves: validators, an item more every ten minutes.
    world.host("good.example", |asked, _| {
        pages(asked).unwrap_or_else(|| {
            let count = usize::try_from(seconds(asked.at)).unwrap() / 600 + 1;
            let etag = format!("\"{count}\"");
            if asked.header("if-none-match") == Some(&etag) {
                return says(304, &[("etag", &etag)], "");
            }
            says(
                200,
                &[("etag", &etag), ("last-modified", "Tue, 14 Nov 2023 22:13:20 GMT")],
                rss("good.example", 0..count),
            )
        })
    });
    // Answers after 50 s, or never.
    world.host("slow.example", |asked, before| {
        pages(asked).unwrap_or_else(|| {
            if before % 2 == 1 {
                return Err(Error::Time { url: asked.path.clone(), what: "it took longer than allowed" });
            }
            let mut answer = says(200, &[], rss("slow.example", 0..3))?;
            answer.took = Duration::from_secs(50);
            Ok(answer)
        })
    });
    // Never anything new.
    world.host("still.example", |asked, before| {
        pages(asked).unwrap_or_else(|| {
            if before == 0 {
                says(200, &[("etag", "W/\"x\"")], rss("still.example", 0..5))
            } else {
                says(304, &[], "")
            }
        })
    });
    // Wants to be left alone: for a while, and for long.
    world.host("busy.example", |asked, before| {
        pages(asked).unwrap_or_else(|| {
            if before == 0 {
                says(429, &[("retry-after", "700")], "")
            } else {
                says(200, &[], rss("busy.example", 0..2))
            }
        })
    });
    world.host("closed.example", |asked, _| {
        pages(asked).unwrap_or_else(|| says(503, &[("retry-after", "86400")], ""))
    });
    // Fails for ever.
    world.host("broken.example", |asked, _| pages(asked).unwrap_or_else(|| says(500, &[], "")));
    world.host("gone.example", |asked, _| pages(asked).unwrap_or_else(|| says(410, &[], "")));
    // No feeds at all, half a feed, a huge one, one of a thousand new items at each poll.
    world.host("page.example", |asked, _| {
        pages(asked).unwrap_or_else(|| {
            says(200, &[("content-type", "text/html")], "<html><body>Welcome</body></html>")
        })
    });
    world.host("half.example", |asked, _| {
        pages(asked).unwrap_or_else(|| {
            let mut feed = rss("half.example", 0..4);
            feed.truncate(feed.len() - 200);
            says(200, &[], feed)
        })
    });
    world.host("huge.example", |asked, _| {
        pages(asked).unwrap_or_else(|| says(200, &[], vec![b' '; 17 << 20]))
    });
    world.host("bomb.example", |asked, _| {
        pages(asked).unwrap_or_else(|| {
            let mut writer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
            std::io::Write::write_all(&mut writer, &vec![b'<'; 40 << 20]).unwrap();
            says(200, &[("content-encoding", "gzip")], writer.finish().unwrap())
        })
    });
    world.host("flood.example", |asked, before| {
        pages(asked)
            .unwrap_or_else(|| says(200, &[], rss("flood.example", before * 1_000..(before + 1) * 1_000)))
    });
    // Redirects: for good, in a circle, inside.
    world.host("moved.example", |asked, _| {
        pages(asked).unwrap_or_else(|| says(301, &[("location", "https://still.example/feed2")], ""))
    });
    world.host("circle.example", |asked, _| {
        pages(asked).unwrap_or_else(|| says(302, &[("location", "/feed")], ""))
    });
    // Keeps its feed from robots, or its pages.
    world.host("shut.example", |asked, _| match asked.path.as_str() {
        "/robots.txt" => says(200, &[], "User-agent: *\nDisallow: /"),
        _ => says(200, &[], rss("shut.example", 0..1)),
    });
    world.host("front.example", |asked, _| match asked.path.as_str() {
        "/robots.txt" => says(200, &[], "User-agent: *\nDisallow: /page\nCrawl-delay: 20"),
        _ => says(200, &[], rss("front.example", 0..3)),
    });
    // Pages that fail once, or always.
    world.host("shaky.example", |asked, before| match asked.path.as_str() {
        "/page/0" if before == 0 => says(502, &[], ""),
        "/page/1" => says(502, &[], ""),
        "/page/2" => says(404, &[], ""),
        "/page/3" => says(200, &[("content-type", "video/mp4")], ""),
        path => pages(asked).unwrap_or_else(|| {
            says(200, &[], if path == "/feed" { rss("shaky.example", 0..5) } else { String::new() })
        }),
    });
    vec![
        "good", "slow", "still", "busy", "closed", "broken", "gone", "page", "half", "huge", "bomb", "flood",
        "moved", "circle", "shut", "front", "shaky", "nowhere",
    ]
}

/// Requests to a host begin no sooner after the last one ended than its pause.
fn assert_polite(world: &World, pauses: &BTreeMap<&str, u64>) {
    let mut last: BTreeMap<String, Duration> = BTreeMap::new();
    for asked in world.log() {
        let pause = Duration::from_secs(pauses.get(asked.host.as_str()).copied().unwrap_or(2));
        if let Some(last) = last.get(&asked.host) {
            assert!(
                asked.at >= *last + pause,
                "{} {} asked {:?} after",
                asked.host,
                asked.path,
                asked.at.saturating_sub(*last)
            );
        }
        last.insert(asked.host.clone(), asked.until);
    }
}

#[test]
fn an_hour_in_a_town_that_misbehaves() {
    let world = World::new();
    let hosts = town(&world);
    let feeds: Vec<String> = hosts.iter().map(|host| format!("https://{host}.example/feed")).collect();
    let feeds: Vec<&str> = feeds.iter().map(String::as_str).collect();
    let mut watch = watch(&world, eager(), &feeds);
    world.end_after(HOUR);
    let (heard, ended) = run(&mut watch, &world, false);
    assert_eq!(ended, Ended::Stopped);
    assert!(seconds(world.now()) < 3_600 + 70, "{}", seconds(world.now()));

    // Politeness: pauses, robots, validators, what hosts asked for.
    assert_polite(&world, &BTreeMap::from([("front.example", 20)]));
    for host in &hosts {
        let host = format!("{host}.example");
        assert!(world.asked(&host, "/robots.txt").len() <= 7, "{host}");
    }
    assert_eq!(world.asked("shut.example", "/feed").len(), 0);
    assert!(
        world.log().iter().all(|asked| !(asked.host == "front.example" && asked.path.starts_with("/page")))
    );
    let busy = world.asked("busy.example", "/feed");
    assert!(busy.len() >= 2 && seconds(busy[1].at) - seconds(busy[0].until) >= 700);
    for host in ["closed.example", "gone.example"] {
        let asked = world.asked(host, "/feed").len();
        assert!((1..=3).contains(&asked), "{host}: {asked}");
    }
    assert_eq!(world.asked("closed.example", "/feed").len(), 1);
    let still = world.asked("still.example", "/feed");
    assert!(
        still[1..].iter().all(|asked| asked.header("if-none-match") == Some("W/\"x\""))
            && still[0].header("if-none-match").is_none()
    );
    let good = world.asked("good.example", "/feed");
    assert!(good[1..].iter().all(|asked| asked.header("if-modified-since").is_some()));
    // Those with news are asked at least as often as those without, all within the bounds.
    assert!(
        good.len() >= still.len() && good.len() <= 13 && still.len() >= 3,
        "{} {}",
        good.len(),
        still.len()
    );
    let broken = world.asked("broken.example", "/feed");
    assert!(broken.len() >= 2 && broken.len() < still.len(), "{}", broken.len());
    for feed in watch.state().feeds() {
        let host = feed.url.trim_start_matches("https://").trim_end_matches("/feed");
        let times: Vec<u64> = world.asked(host, "/feed").iter().map(|asked| seconds(asked.at)).collect();
        assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 300), "{host}: {times:?}");
    }

    // What came out: each page once.
    let origins = heard.origins();
    assert_eq!(origins.len(), heard.pages.len());
    let of = |host: &str| -> Vec<&(String, Form, Option<Error>)> {
        heard
            .pages
            .iter()
            .filter(|(origin, ..)| origin.starts_with(&format!("https://{host}.example/")))
            .collect()
    };
    assert!(of("good").len() >= 6 && of("good").iter().all(|(_, form, _)| *form == Form::Html));
    assert_eq!((of("still").len(), of("busy").len(), of("slow").len()), (5, 2, 3));
    assert!((2..=3).contains(&of("half").len()));
    assert_eq!(of("front").len(), 3);
    assert!(
        of("front")
            .iter()
            .all(|(_, form, why)| *form == Form::Item && matches!(why, Some(Error::Robots { .. })))
    );
    let shaky: Vec<(&str, Form)> =
        of("shaky").iter().map(|(origin, form, _)| (&origin[origin.len() - 1..], *form)).collect();
    let shaky: BTreeMap<&str, Form> = shaky.into_iter().collect();
    assert_eq!(
        shaky,
        BTreeMap::from([
            ("0", Form::Html),
            ("1", Form::Item),
            ("2", Form::Item),
            ("3", Form::Item),
            ("4", Form::Html)
        ])
    );
    assert_eq!(world.asked("shaky.example", "/page/1").len(), 3);
    assert_eq!(world.asked("shaky.example", "/page/2").len(), 1);
    assert!(of("flood").len() > 500);

    // Health, in words.
    let words: Vec<String> = watch.state().feeds().iter().map(|feed| feed.words()).collect();
    for (host, told) in [
        ("broken", "answered 500 (server error)"),
        ("gone", "answered 410 (gone for good)"),
        ("closed", "asks to come back after 86400 s"),
        ("page", "not a feed but an HTML page"),
        ("huge", "larger than"),
        ("bomb", "times its size"),
        ("circle", "in a circle"),
        ("shut", "robots.txt of its host says no"),
        ("nowhere", "robots.txt of its host couldn't be had"),
        ("half", "the feed ends inside an item"),
        ("The good.example feed", "well, last read"),
    ] {
        assert!(words.iter().any(|line| line.contains(host) && line.contains(told)), "{host}: {words:#?}");
    }

    // Bounds: the flood has brought thousands of items; what is kept of them is not.
    assert!(watch.state().waiting() <= 3_000, "{}", watch.state().waiting());
    assert!(heard.state_bytes_most < 4 << 20, "{}", heard.state_bytes_most);
}

#[test]
fn days_take_no_more_memory_than_an_hour() {
    let world = World::new();
    for host in ["flood.example", "other.example"] {
        world.host(host, move |asked, before| {
            pages(asked).unwrap_or_else(|| says(200, &[], rss(host, before * 150..(before + 1) * 150)))
        });
    }
    let manners = Manners { pause: Duration::from_secs(1), ..Manners::default() };
    let settings = Settings { follow: false, manners, ..eager() };
    let mut watch = watch(&world, settings, &["https://flood.example/feed", "https://other.example/feed"]);
    let mut sizes = Vec::new();
    for _ in 0..3 {
        world.end_after(HOUR * 10);
        let (heard, ended) = run(&mut watch, &world, false);
        assert_eq!(ended, Ended::Stopped);
        assert!(heard.pages.len() > 15_000, "{}", heard.pages.len());
        sizes.push(watch.state().to_json().len());
    }
    assert!(sizes[2] < 1 << 20 && sizes[2] < sizes[0] + sizes[0] / 10, "{sizes:?}");
}

#[test]
fn a_run_goes_on_where_the_last_one_stopped() {
    let world = World::new();
    let hosts = town(&world);
    let feeds: Vec<String> = hosts.iter().map(|host| format!("https://{host}.example/feed")).collect();
    let feeds: Vec<&str> = feeds.iter().map(String::as_str).collect();
    let mut first = watch(&world, eager(), &feeds);
    world.end_after(Duration::from_secs(420));
    let (before, _) = run(&mut first, &world, false);
    assert!(first.state().waiting() > 0);
    let written = first.state().to_json();
    drop(first);
    let state = State::from_json(&written).unwrap();
    assert_eq!(state.to_json(), written);
    let asked = world.log().len();
    let mut second = Watch::new(eager(), state, world.clone(), world.clone());
    assert_eq!(second.add("https://good.example/feed", None), Ok(false));
    world.end_after(HOUR);
    let (after, _) = run(&mut second, &world, false);
    // Nothing comes twice, nothing that waited is lost, validators and rests are still known.
    assert!(before.origins().is_disjoint(&after.origins()));
    assert!(after.pages.len() > 200);
    let log = world.log();
    let later = &log[asked..];
    let still = later.iter().find(|asked| asked.host == "still.example" && asked.path == "/feed").unwrap();
    assert_eq!(still.header("if-none-match"), Some("W/\"x\""));
    assert!(later.iter().all(|asked| asked.host != "closed.example"));
}

#[test]
fn the_same_seed_gives_the_same_hour() {
    let hour = || {
        let world = World::new();
        let hosts = town(&world);
        let feeds: Vec<String> = hosts.iter().map(|host| format!("https://{host}.example/feed")).collect();
        let mut watch = watch(&world, eager(), &feeds.iter().map(String::as_str).collect::<Vec<_>>());
        world.end_after(Duration::from_secs(1_500));
        let _ = run(&mut watch, &world, false);
        (watch.state().to_json(), world.log().len())
    };
    assert_eq!(hour(), hour());
}

#[test]
fn one_round_polls_each_feed_once_and_ends() {
    let world = World::new();
    let hosts = town(&world);
    let feeds: Vec<String> = hosts
        .iter()
        .filter(|host| **host != "flood")
        .map(|host| format!("https://{host}.example/feed"))
        .collect();
    let mut watch = watch(&world, eager(), &feeds.iter().map(String::as_str).collect::<Vec<_>>());
    let (heard, ended) = run(&mut watch, &world, true);
    assert_eq!(ended, Ended::Done);
    assert!(heard.polls.values().all(|polls| *polls == 1));
    assert_eq!(heard.polls.len(), feeds.len());
    assert!(seconds(world.now()) < 600, "{}", seconds(world.now()));
    // The next round leaves alone the host that asked for a day, and no other.
    let (heard, ended) = run(&mut watch, &world, true);
    assert_eq!(ended, Ended::Done);
    assert!(!heard.polls.contains_key("https://closed.example/feed"));
    assert!(heard.polls.len() >= feeds.len() - 2, "{:?}", heard.polls);
}

#[test]
fn a_page_whose_host_rests_is_given_from_the_feed_in_a_single_round() {
    let world = World::new();
    world.host("a.example", |asked, _| match asked.path.as_str() {
        "/robots.txt" => says(404, &[], ""),
        "/feed" => says(200, &[], rss("a.example", 0..3)),
        _ => says(429, &[("retry-after", "50000")], ""),
    });
    let mut watch = watch(&world, eager(), &["https://a.example/feed"]);
    let (heard, ended) = run(&mut watch, &world, true);
    assert_eq!((ended, heard.pages.len()), (Ended::Done, 3));
    assert!(heard.pages.iter().all(|(_, form, why)| *form == Form::Item && why.is_some()));
    assert!(seconds(world.now()) < 120);
    assert_eq!(world.log().iter().filter(|asked| asked.path.starts_with("/page")).count(), 1);
}

#[test]
fn words_decide_and_doubles_come_once() {
    let world = World::new();
    for host in ["a.example", "b.example"] {
        world.host(host, |asked, _| {
            // Both feeds point to the pages of a.example.
            pages(asked).unwrap_or_else(|| says(200, &[], rss("a.example", 0..10)))
        });
    }
    let filter = Filter::of_terms(["item 3", "ITEM 5", "item 7", "-5"]);
    let settings = Settings { filter, ..eager() };
    let mut watch = watch(&world, settings, &["https://a.example/feed", "https://b.example/feed"]);
    let (heard, _) = run(&mut watch, &world, true);
    assert_eq!(heard.origins(), BTreeSet::from(["https://a.example/page/3", "https://a.example/page/7"]));
    let feeds = watch.state().feeds();
    let counted = |at: usize| {
        (feeds[at].health.items_seen, feeds[at].health.items_filtered, feeds[at].health.items_double)
    };
    assert_eq!((counted(0), counted(1)), ((10, 8, 0), (10, 8, 2)));
    assert_eq!(world.log().iter().filter(|asked| asked.path.starts_with("/page")).count(), 2);
}

#[test]
fn what_the_feed_tells_goes_with_the_page() {
    let world = World::new();
    world.host("a.example", |asked, _| {
        pages(asked).unwrap_or_else(|| {
            says(200, &[], "<rss><channel><title>A</title><item><title>T</title><link>https://a.example/page/1</link><pubDate>5 Apr 2023 00:00 GMT</pubDate><author>Ana Doe</author></item></channel></rss>")
        })
    });
    let mut watch = watch(&world, eager(), &["https://a.example/feed"]);
    let mut told = None;
    let ended = watch.run(true, &world.stop, &mut |event| {
        if let Event::Page { page, feed, instead: None } = event {
            assert_eq!(
                (feed, page.form, page.bytes.as_slice()),
                ("https://a.example/feed", Form::Html, &b"<p>The whole of /page/1.</p>"[..])
            );
            assert!(page.http.is_some() && page.fetched.is_some());
            told = Some(page.told);
            return ControlFlow::Break(());
        }
        ControlFlow::Continue(())
    });
    assert_eq!(ended, Ended::Refused);
    let told = told.unwrap();
    assert_eq!(
        (told.title.as_deref(), told.published.unwrap().to_string().as_str()),
        (Some("T"), "2023-04-05")
    );
    assert_eq!((told.authors.as_slice(), told.outlet), (["Ana Doe".to_owned()].as_slice(), None));
    assert_eq!(watch.outlines()[0].title.as_deref(), Some("A"));
    assert!(START < world.now());
}
