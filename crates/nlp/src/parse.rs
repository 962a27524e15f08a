//! The dependency parser: spaCy's non-monotonic arc-eager system with sentence breaks.
//!
//! In: projected token vectors of one document. Out: heads, labels and sentence starts of all its tokens. Linear in the
//! document. Preset annotation and beam search are not supported.
//!
//! Source: spaCy 3.8, `spacy/pipeline/_parser_internals/{arc_eager,nonproj}.pyx` and `spacy/tokens/doc.pyx`, behaviour only.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;
use watchkeeper_nn::kernels::best_masked;
use watchkeeper_nn::layers::{HIDDEN, StateScorer};
use watchkeeper_nn::{WeightError, WeightFile};
use watchkeeper_record::document::Dep;

use crate::package::{PARSER_FEATURES, PackageError};
use crate::shares::Shares;

const NONE: u32 = u32::MAX;
/// spaCy repairs the edges of a crossing tree at most this many times.
const REPAIRS_MAX: usize = 11;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Move {
    Shift,
    Reduce,
    Left,
    Right,
    Break,
}

/// A dependency label; a lifted arc also names the label of its true head.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Label {
    dep: Dep,
    lifted: Option<Dep>,
}

/// A loaded parser.
#[derive(Debug)]
pub struct Parser {
    scorer: StateScorer,
    actions: Vec<(Move, Label)>,
    /// Added to the scores, by set of valid moves: 0 where valid, −∞ where not.
    masks: Vec<[f32; 128]>,
}

/// The parse of one document.
#[derive(Debug, Default)]
pub struct Parse {
    /// Governor of each token; its own index for a root.
    pub heads: Vec<u32>,
    /// Label of each token.
    pub deps: Vec<Dep>,
    /// Whether a sentence begins at the token.
    pub starts: Vec<bool>,
}

impl Parser {
    /// Loads the parser's tensors and action list.
    ///
    /// # Errors
    /// When a tensor does not fit or an action is not known.
    pub fn load(file: &WeightFile<'_>, actions: &[(u8, String)]) -> Result<Self, PackageError> {
        let bad = |e: WeightError| PackageError::Unsupported(e.to_string());
        let scorer = StateScorer::load(file, "parser", PARSER_FEATURES, actions.len()).map_err(bad)?;
        let actions = actions.iter().map(action).collect::<Result<Vec<_>, _>>()?;
        let masks = (0..32usize)
            .map(|set| {
                std::array::from_fn(|a| match actions.get(a) {
                    Some((kind, _)) if set >> (*kind as usize) & 1 == 1 => 0.0,
                    _ => f32::NEG_INFINITY,
                })
            })
            .collect();
        Ok(Self { scorer, actions, masks })
    }

    /// Projects token vectors, `[n, 96] → [n, 64]`, appended to `out`.
    pub fn project(&self, vectors: &[f32], out: &mut Vec<f32>) {
        let at = out.len();
        out.resize(at + vectors.len() / crate::package::WIDTH * HIDDEN, 0.0);
        self.scorer.project(vectors, &mut out[at..]);
    }

    /// Parses one document: `projected` is `[tokens, 64]`, `is_space` says which tokens are white space.
    pub fn parse(&self, projected: &[f32], is_space: impl Fn(usize) -> bool, shares: &mut Shares) -> Parse {
        let count = projected.len() / HIDDEN;
        if count == 0 {
            return Parse::default();
        }
        shares.begin();
        let mut state = State::new(count);
        let mut scores = [0.0; 128];
        // Every token is shifted or moved back a bounded number of times; the limit only guards against an endless loop.
        for _ in 0..16 * count + 64 {
            if state.stack.is_empty() && state.buffer_len() == 0 {
                break;
            }
            let set = state.valid();
            let (kind, label) = match set.count_ones() {
                0 => break,
                1 if set == 1 << Move::Shift as usize => (Move::Shift, ROOT),
                1 if set == 1 << Move::Reduce as usize => (Move::Reduce, ROOT),
                _ => {
                    let found = shares.score(&self.scorer, projected, &state.features(), &mut scores);
                    self.actions[best_masked(found, &self.masks[set])]
                }
            };
            state.apply(kind, label);
        }
        finish(state.heads, state.labels, is_space)
    }
}

const ROOT: Label = Label { dep: Dep::Root, lifted: None };

fn action((code, label): &(u8, String)) -> Result<(Move, Label), PackageError> {
    let unknown = || PackageError::Unsupported(format!("parser action {code} `{label}` is not known"));
    let kind = match code {
        0 => Move::Shift,
        1 => Move::Reduce,
        2 => Move::Left,
        3 => Move::Right,
        4 => Move::Break,
        _ => return Err(unknown()),
    };
    let label = match (kind, label.split_once("||")) {
        (Move::Left | Move::Right, Some((dep, lifted))) => Label {
            dep: dep.parse().map_err(|_| unknown())?,
            lifted: Some(lifted.parse().map_err(|_| unknown())?),
        },
        (Move::Left | Move::Right, None) => {
            Label { dep: label.parse().map_err(|_| unknown())?, lifted: None }
        }
        _ => ROOT,
    };
    Ok((kind, label))
}

/// Parser state over tokens `0..n`. [`NONE`] stands for no token.
struct State {
    stack: Vec<u32>,
    /// Tokens moved back to the buffer; the last is next.
    rebuffer: Vec<u32>,
    /// Next token never shifted.
    next: u32,
    count: u32,
    heads: Vec<u32>,
    labels: Vec<Label>,
    /// Most recently attached dependent before and after each token, and the one attached before it on the same side.
    last_left: Vec<u32>,
    last_right: Vec<u32>,
    previous: Vec<u32>,
    unshiftable: Vec<bool>,
    starts: Vec<bool>,
}

impl State {
    fn new(count: usize) -> Self {
        let none = || vec![NONE; count];
        let mut starts = vec![false; count];
        starts[0] = true;
        Self {
            stack: Vec::new(),
            rebuffer: Vec::new(),
            next: 0,
            count: u32::try_from(count).expect("texts are under 4 GiB"),
            heads: none(),
            labels: vec![ROOT; count],
            last_left: none(),
            last_right: none(),
            previous: none(),
            unshiftable: vec![false; count],
            starts,
        }
    }

    fn buffer_len(&self) -> usize {
        (self.count - self.next) as usize + self.rebuffer.len()
    }

    /// The `i`-th token of the buffer.
    fn buffer(&self, i: usize) -> u32 {
        let moved = self.rebuffer.len();
        if i < moved {
            return self.rebuffer[moved - 1 - i];
        }
        let token = self.next + (i - moved) as u32;
        if token < self.count { token } else { NONE }
    }

    fn stack(&self, i: usize) -> u32 {
        self.stack.len().checked_sub(i + 1).map_or(NONE, |at| self.stack[at])
    }

    /// The set of valid moves, one bit each.
    fn valid(&self) -> usize {
        let (b0, b1) = (self.buffer(0), self.buffer(1));
        let length = self.buffer_len();
        let starts = |token: u32| token != NONE && self.starts[token as usize];
        let b0_starts = starts(b0);
        let mut set = 0;
        if self.stack.is_empty() {
            set |= 1 << Move::Shift as usize;
        } else {
            set |= 1 << Move::Reduce as usize;
            if length >= 2 && !b0_starts && !self.unshiftable[b0 as usize] {
                set |= 1 << Move::Shift as usize;
            }
            if length > 0 && !b0_starts {
                set |= 1 << Move::Left as usize | 1 << Move::Right as usize;
            }
        }
        if length >= 2 && b1 == b0 + 1 && !starts(b1) {
            set |= 1 << Move::Break as usize;
        }
        set
    }

    fn features(&self) -> [Option<usize>; PARSER_FEATURES] {
        let (b0, s0) = (self.buffer(0), self.stack(0));
        let of = |list: &[u32], token: u32| if token == NONE { NONE } else { list[token as usize] };
        let features = [
            b0,
            self.buffer(1),
            s0,
            self.stack(1),
            self.stack(2),
            of(&self.last_left, b0),
            of(&self.last_left, s0),
            of(&self.last_right, s0),
        ];
        features.map(|token| (token != NONE).then_some(token as usize))
    }

    fn apply(&mut self, kind: Move, label: Label) {
        match kind {
            Move::Shift => self.push(),
            Move::Reduce => {
                let Some(top) = self.stack.pop() else { return };
                if self.heads[top as usize] == NONE && !self.stack.is_empty() {
                    self.unshiftable[top as usize] = true;
                    self.rebuffer.push(top);
                }
            }
            Move::Left => {
                let (head, child) = (self.buffer(0), self.stack(0));
                self.attach(head, child, label);
                self.unshiftable[head as usize] = false;
                self.stack.pop();
            }
            Move::Right => {
                self.attach(self.stack(0), self.buffer(0), label);
                self.push();
            }
            Move::Break => {
                let token = self.buffer(1);
                self.starts[token as usize] = true;
            }
        }
    }

    fn push(&mut self) {
        let token = self.rebuffer.pop().unwrap_or_else(|| {
            self.next += 1;
            self.next - 1
        });
        self.stack.push(token);
    }

    /// Attaches `child` to `head`, replacing an arc it may have. A replaced arc is always the last of its list.
    fn attach(&mut self, head: u32, child: u32, label: Label) {
        let c = child as usize;
        let old = self.heads[c];
        if old != NONE {
            let list = if old > child { &mut self.last_left } else { &mut self.last_right };
            if list[old as usize] == child {
                list[old as usize] = self.previous[c];
            }
        }
        let list = if head > child { &mut self.last_left } else { &mut self.last_right };
        self.previous[c] = list[head as usize];
        list[head as usize] = child;
        self.heads[c] = head;
        self.labels[c] = label;
    }
}

/// Turns the attached arcs into a tree: roots, lifted arcs put back, sentence starts.
fn finish(mut heads: Vec<u32>, labels: Vec<Label>, is_space: impl Fn(usize) -> bool) -> Parse {
    let mut deps: Vec<Dep> = Vec::with_capacity(heads.len());
    let mut pending = Vec::new();
    for (i, head) in heads.iter_mut().enumerate() {
        if *head == NONE {
            *head = i as u32;
            deps.push(Dep::Root);
        } else {
            deps.push(labels[i].dep);
            if labels[i].lifted.is_some() {
                pending.push(i);
            }
        }
    }
    if !pending.is_empty() {
        lower_lifted(&mut heads, &labels, &pending, is_space);
    }
    let starts = edges(&heads).2;
    Parse { heads, deps, starts }
}

/// Moves lifted arcs (`acl||dobj`) to the nearest descendant of their head with the named label, breadth first.
///
/// A token that still waits for its turn has a compound label and is nobody's goal.
fn lower_lifted(heads: &mut [u32], labels: &[Label], pending: &[usize], is_space: impl Fn(usize) -> bool) {
    let (left, right, _) = edges(heads);
    let count = heads.len();
    // Dependents by their first head, ascending, and those that arrived later.
    let mut start = vec![0u32; count + 1];
    for (i, &head) in heads.iter().enumerate() {
        if head as usize != i {
            start[head as usize + 1] += 1;
        }
    }
    for i in 0..count {
        start[i + 1] += start[i];
    }
    let mut children = vec![0u32; start[count] as usize];
    let mut fill = start.clone();
    for (i, &head) in heads.iter().enumerate() {
        if head as usize != i {
            children[fill[head as usize] as usize] = i as u32;
            fill[head as usize] += 1;
        }
    }
    let mut arrived: FxHashMap<u32, Vec<u32>> = FxHashMap::default();
    let mut waiting = vec![false; count];
    for &i in pending {
        waiting[i] = true;
    }
    let mut queue = VecDeque::new();
    let mut around: Vec<u32> = Vec::new();
    for &i in pending {
        let Some(goal) = labels[i].lifted else { continue };
        queue.clear();
        queue.push_back(heads[i]);
        let mut found = None;
        'search: while let Some(node) = queue.pop_front() {
            around.clear();
            let own = &children[start[node as usize] as usize..start[node as usize + 1] as usize];
            around.extend(own.iter().filter(|&&c| heads[c as usize] == node));
            if let Some(later) = arrived.get(&node) {
                around.extend(later.iter().filter(|&&c| heads[c as usize] == node));
                around.sort_unstable();
                around.dedup();
            }
            for &child in &around {
                let inside = (left[node as usize]..=right[node as usize]).contains(&child);
                if !inside || is_space(child as usize) || child as usize == i {
                    continue;
                }
                if labels[child as usize].dep == goal && !waiting[child as usize] {
                    found = Some(child);
                    break 'search;
                }
                queue.push_back(child);
            }
        }
        if let Some(head) = found {
            heads[i] = head;
            arrived.entry(head).or_default().push(i as u32);
        }
        waiting[i] = false;
    }
}

/// Computes the leftmost and rightmost token of each subtree and the sentence starts, as `set_children_from_heads` does.
fn edges(heads: &[u32]) -> (Vec<u32>, Vec<u32>, Vec<bool>) {
    let count = heads.len();
    let mut left: Vec<u32> = (0..count as u32).collect();
    let mut right = left.clone();
    let mut starts = Vec::new();
    for _ in 0..=REPAIRS_MAX {
        let mut sweep = |i: usize| {
            let head = heads[i] as usize;
            left[head] = left[head].min(left[i]);
            right[head] = right[head].max(right[i]);
        };
        (0..count).for_each(&mut sweep);
        (0..count).rev().for_each(&mut sweep);
        starts = vec![false; count];
        for (i, &head) in heads.iter().enumerate() {
            if head as usize == i {
                starts[left[i] as usize] = true;
            }
        }
        if heads_stay_inside(heads, &starts) {
            break;
        }
    }
    (left, right, starts)
}

/// Whether no token's head lies outside its sentence. The last sentence's last token is not looked at, as in spaCy.
fn heads_stay_inside(heads: &[u32], starts: &[bool]) -> bool {
    let last = heads.len() - 1;
    let mut first = 0;
    for i in 0..=last {
        if (i > 0 && starts[i]) || i == last {
            let inside = (first as u32)..=(i as u32);
            if !heads[first..i].iter().all(|head| inside.contains(head)) {
                return false;
            }
            first = i;
        }
    }
    true
}
