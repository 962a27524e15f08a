//! How much of two texts is the same, and how the shared part lies in them.

/// Words of a shingle that must be equal in both texts.
const SHINGLE: usize = 3;
/// Words between two shared stretches that still count as shared: a changed word, a number, a short phrase.
const GAP_MAX: usize = 3;
/// Shortest shared stretch that counts, words: shorter ones are phrases that any two stories share.
const STRETCH_MIN: usize = 8;

/// What two texts have in common, in words. `a` and `b` in the order of the call.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Overlap {
    /// Words compared of each text.
    pub words: [u32; 2],
    /// Words of each text that lie in common stretches (equal runs with at most three changed words between them, eight
    /// words and more).
    pub shared: [u32; 2],
    /// Words that changed within common stretches, for each text.
    pub changed: [u32; 2],
    /// Longest run of each text that the other doesn't have.
    pub own: [u32; 2],
    /// Words before the first common stretch of each text.
    pub lead: [u32; 2],
    /// Longest run of equal words.
    pub longest: u32,
}

impl Overlap {
    /// Share of a text's words that lie in common stretches, 0..=1.
    #[must_use]
    pub fn share(&self, side: usize) -> f64 {
        f64::from(self.shared[side]) / f64::from(self.words[side].max(1))
    }

    /// The larger share: 1 when one text lies whole in the other.
    #[must_use]
    pub fn contained(&self) -> f64 {
        self.share(0).max(self.share(1))
    }

    /// The smaller share.
    #[must_use]
    pub fn covered(&self) -> f64 {
        self.share(0).min(self.share(1))
    }

    /// The same seen from the other text.
    #[must_use]
    pub fn turned(mut self) -> Self {
        for pair in [&mut self.words, &mut self.shared, &mut self.changed, &mut self.own, &mut self.lead] {
            pair.swap(0, 1);
        }
        self
    }
}

/// Room for comparing, kept between calls.
#[derive(Debug, Default)]
pub(super) struct Comparer {
    slots: Vec<u32>,
    next: Vec<u32>,
    marks: [Vec<bool>; 2],
}

fn key(words: &[u16]) -> u64 {
    u64::from(words[0]) | u64::from(words[1]) << 16 | u64::from(words[2]) << 32
}

impl Comparer {
    /// Compares two texts given as 16-bit hashes of their words.
    pub(super) fn compare(&mut self, a: &[u16], b: &[u16]) -> Overlap {
        let mut found = Overlap { words: [a.len() as u32, b.len() as u32], ..Overlap::default() };
        if a.len() < SHINGLE || b.len() < SHINGLE {
            found.own = found.words;
            found.lead = found.words;
            return found;
        }
        let bits = (a.len() * 2).next_power_of_two().trailing_zeros();
        let slot = |key: u64| (key.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> (64 - bits)) as usize;
        self.slots.clear();
        self.slots.resize(1 << bits, u32::MAX);
        self.next.clear();
        self.next.resize(a.len(), u32::MAX);
        // From the end, so that chains run in text order.
        for at in (0..=a.len() - SHINGLE).rev() {
            let place = slot(key(&a[at..]));
            self.next[at] = self.slots[place];
            self.slots[place] = at as u32;
        }
        let [marks_a, marks_b] = &mut self.marks;
        for (marks, words) in [(&mut *marks_a, a), (&mut *marks_b, b)] {
            marks.clear();
            marks.resize(words.len(), false);
        }
        let mut following = u32::MAX;
        let mut run = 0_u32;
        for at in 0..=b.len() - SHINGLE {
            let wanted = key(&b[at..]);
            let mut entry = self.slots[slot(wanted)];
            let (mut met, mut goes_on) = (u32::MAX, false);
            while entry != u32::MAX {
                let start = entry as usize;
                if key(&a[start..]) == wanted {
                    marks_a[start..start + SHINGLE].fill(true);
                    if entry == following {
                        goes_on = true;
                        met = entry;
                    } else if met == u32::MAX {
                        met = entry;
                    }
                }
                entry = self.next[start];
            }
            if met == u32::MAX {
                (following, run) = (u32::MAX, 0);
            } else {
                marks_b[at..at + SHINGLE].fill(true);
                run = if goes_on { run + 1 } else { SHINGLE as u32 };
                found.longest = found.longest.max(run);
                following = met + 1;
            }
        }
        for side in 0..2 {
            measure(&self.marks[side], side, &mut found);
        }
        found
    }
}

/// Joins marked runs over short gaps, drops short stretches and counts.
fn measure(marks: &[bool], side: usize, found: &mut Overlap) {
    let (mut shared, mut changed, mut own, mut lead) = (0, 0, 0, None);
    // End of the last stretch that counted.
    let mut last = 0;
    let mut at = 0;
    while at < marks.len() {
        if !marks[at] {
            at += 1;
            continue;
        }
        let start = at;
        let (mut end, mut equal) = (at, 0);
        while at < marks.len() && at - end <= GAP_MAX {
            if marks[at] {
                equal += 1;
                end = at + 1;
            }
            at += 1;
        }
        if end - start >= STRETCH_MIN {
            shared += end - start;
            changed += end - start - equal;
            own = own.max(start - last);
            lead.get_or_insert(start);
            last = end;
        }
        at = end.max(start + 1);
    }
    found.shared[side] = shared as u32;
    found.changed[side] = changed as u32;
    found.own[side] = own.max(marks.len() - last) as u32;
    found.lead[side] = lead.unwrap_or(marks.len()) as u32;
}
