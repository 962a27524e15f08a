//! Manners, in a simulated world.

use std::sync::atomic::AtomicBool;
use std::time::Duration;

use super::world::{World, says, seconds};
use crate::{Ask, Error, Fetched, Limits, Manners, Polite};

fn polite(world: &World) -> Polite<World, World> {
    Polite::new(world.clone(), world.clone(), Limits::default(), Manners::default())
}

fn get(polite: &mut Polite<World, World>, url: &str) -> Result<Fetched, Error> {
    polite.get(url, &Ask::default(), &AtomicBool::new(false))
}

#[test]
fn robots_are_asked_once_and_heeded() {
    let world = World::new();
    world.host("a.example", |asked, _| match asked.path.as_str() {
        "/robots.txt" => says(200, &[], "User-agent: *\nDisallow: /no\nCrawl-delay: 9\n"),
        "/hop" => says(302, &[("location", "/no/page")], ""),
        "/away" => says(302, &[("location", "https://b.example/no")], ""),
        _ => says(200, &[("content-type", "text/html")], "<p>x"),
    });
    world.host("b.example", |asked, _| match asked.path.as_str() {
        "/robots.txt" => says(200, &[], "User-agent: watchkeeper\nDisallow: /"),
        _ => says(200, &[], "x"),
    });
    let mut polite = polite(&world);
    assert!(get(&mut polite, "https://a.example/yes").is_ok());
    assert!(matches!(get(&mut polite, "https://a.example/no"), Err(Error::Robots { .. })));
    assert!(get(&mut polite, "https://a.example/yes?2").is_ok());
    // A redirect is asked about like any other page.
    assert!(matches!(get(&mut polite, "https://a.example/hop"), Err(Error::Robots { .. })));
    assert!(matches!(get(&mut polite, "https://a.example/away"), Err(Error::Robots { .. })));
    assert_eq!(world.asked("a.example", "/robots.txt").len(), 1);
    assert!(world.asked("a.example", "/no").is_empty() && world.asked("a.example", "/no/page").is_empty());
    assert!(world.asked("b.example", "/no").is_empty());
    let times: Vec<u64> =
        world.log().iter().filter(|asked| asked.host == "a.example").map(|asked| seconds(asked.at)).collect();
    assert!(times.windows(2).all(|pair| pair[1] - pair[0] >= 9), "{times:?}");
    // Another port is another host's rules.
    assert!(get(&mut polite, "https://a.example:8443/yes").is_ok());
    assert_eq!(world.asked("a.example", "/robots.txt").len(), 2);
    // A day later they are asked for again.
    crate::Clock::wait(&world, Duration::from_secs(86_401), &AtomicBool::new(false));
    assert!(get(&mut polite, "https://a.example/yes").is_ok());
    assert_eq!(world.asked("a.example", "/robots.txt").len(), 3);
}

#[test]
fn robots_that_can_t_be_had_count_as_the_standard_says() {
    for (status, allowed) in
        [(404, true), (403, true), (410, true), (429, false), (500, false), (503, false), (200, true)]
    {
        let world = World::new();
        world.host("a.example", move |asked, _| match asked.path.as_str() {
            "/robots.txt" => says(status, &[], "<html>not rules at all</html>"),
            _ => says(200, &[], "x"),
        });
        assert_eq!(get(&mut polite(&world), "http://a.example/").is_ok(), allowed, "{status}");
    }
    // Circles and endless redirects: as if there were none.
    let world = World::new();
    world.host("a.example", |asked, _| match asked.path.as_str() {
        "/robots.txt" => says(302, &[("location", "/robots.txt")], ""),
        _ => says(200, &[], "x"),
    });
    assert!(get(&mut polite(&world), "http://a.example/").is_ok());
    // No connection: not allowed, and not asked again at once.
    let world = World::new();
    world.host("a.example", |asked, _| {
        Err(Error::Time { url: asked.path.clone(), what: "it took longer than allowed" })
    });
    let mut guest = polite(&world);
    for _ in 0..5 {
        assert!(matches!(get(&mut guest, "http://a.example/"), Err(Error::Robots { .. })));
    }
    assert_eq!(world.log().len(), 1);
}

#[test]
fn old_rules_hold_while_new_ones_can_t_be_had() {
    let world = World::new();
    world.host("a.example", |asked, before| match asked.path.as_str() {
        "/robots.txt" if before == 0 => says(200, &[], "User-agent: *\nDisallow: /no"),
        "/robots.txt" => says(500, &[], ""),
        _ => says(200, &[], "x"),
    });
    let mut guest = polite(&world);
    assert!(get(&mut guest, "http://a.example/yes").is_ok());
    crate::Clock::wait(&world, Duration::from_secs(86_401), &AtomicBool::new(false));
    assert!(get(&mut guest, "http://a.example/yes").is_ok());
    assert!(matches!(get(&mut guest, "http://a.example/no"), Err(Error::Robots { .. })));
    assert_eq!(world.asked("a.example", "/robots.txt").len(), 2);
}

#[test]
fn a_busy_host_is_left_alone() {
    let world = World::new();
    world.host("a.example", |asked, before| match asked.path.as_str() {
        "/robots.txt" => says(404, &[], ""),
        "/once" if before == 0 => says(429, &[("retry-after", "30")], ""),
        "/long" if before == 0 => says(503, &[("retry-after", "Wed, 15 Nov 2023 22:13:20 GMT")], ""),
        "/ever" => says(429, &[], ""),
        _ => says(200, &[], "x"),
    });
    let mut guest = polite(&world);
    assert!(get(&mut guest, "http://a.example/once").is_err());
    assert!(get(&mut guest, "http://a.example/other").is_ok());
    assert!(seconds(world.asked("a.example", "/other")[0].at) >= 30);
    // Without a word on how long, a minute, then two.
    for wait in [60, 120] {
        assert!(get(&mut guest, "http://a.example/ever").is_err());
        let free = guest.free_at("http://a.example/");
        assert_eq!((free - world.now()).as_secs(), wait);
        crate::Clock::wait(&world, free - world.now(), &AtomicBool::new(false));
    }
    // A long rest isn't waited for.
    assert!(get(&mut guest, "http://a.example/long").is_err());
    let asked = world.log().len();
    let Err(Error::Later { wait, .. }) = get(&mut guest, "http://a.example/other") else {
        panic!("too soon")
    };
    assert!(wait > Duration::from_secs(80_000) && wait <= Duration::from_secs(86_400), "{wait:?}");
    assert_eq!(world.log().len(), asked);
}

#[test]
fn memory_of_hosts_is_bounded() {
    let world = World::new();
    let manners = Manners { hosts_max: 50, ..Manners::default() };
    let mut guest = Polite::new(world.clone(), world.clone(), Limits::default(), manners);
    for number in 0..500 {
        world.host(&format!("h{number}.example"), |_, _| says(200, &[], "x"));
        assert!(get(&mut guest, &format!("http://h{number}.example/")).is_ok());
    }
    assert!(guest.known() <= (51, 51), "{:?}", guest.known());
}
