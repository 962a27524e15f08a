//! Source text to syntax tree, and questions about trees.

use super::PatternError;
use super::class::{Class, Named, NamedKind};

/// Index into the class table.
pub(super) type ClassId = u32;

/// Largest bound accepted in `{m,n}`.
const REPEAT_MAX: u32 = 1000;
/// Deepest nesting of groups accepted.
const DEPTH_MAX: usize = 100;

/// A syntax tree.
#[derive(Debug, Clone)]
pub(super) enum Node {
    Empty,
    Char(ClassId),
    Begin,
    End,
    Look { behind: bool, negated: bool, node: Box<Node> },
    Concat(Vec<Node>),
    Alternation(Vec<Node>),
    Repeat { node: Box<Node>, min: u32, max: Option<u32>, greedy: bool },
}

pub(super) struct Parsed {
    pub(super) root: Node,
    pub(super) classes: Vec<Class>,
}

pub(super) fn parse(source: &str) -> Result<Parsed, PatternError> {
    let mut parser = Parser {
        chars: source.chars().collect(),
        at: 0,
        depth: 0,
        classes: Vec::new(),
        literals: Vec::new(),
    };
    if source.starts_with("(?u)") {
        parser.at = 4;
    }
    let root = parser.alternation()?;
    if parser.at < parser.chars.len() {
        return Err(parser.error("unbalanced parenthesis"));
    }
    Ok(Parsed { root, classes: parser.classes })
}

struct Parser {
    chars: Vec<char>,
    at: usize,
    depth: usize,
    classes: Vec<Class>,
    literals: Vec<(ClassId, char)>,
}

impl Parser {
    fn error(&self, message: &str) -> PatternError {
        PatternError { message: message.to_owned(), position: self.at }
    }

    fn peek(&self) -> Option<char> {
        self.chars.get(self.at).copied()
    }

    fn eat(&mut self, text: &str) -> bool {
        let hit = text.chars().enumerate().all(|(i, c)| self.chars.get(self.at + i) == Some(&c));
        if hit {
            self.at += text.chars().count();
        }
        hit
    }

    fn class(&mut self, class: Class) -> Node {
        let id = u32::try_from(self.classes.len()).expect("fewer than 2^32 classes");
        self.classes.push(class);
        Node::Char(id)
    }

    fn literal(&mut self, c: char) -> Node {
        if let Some(&(id, _)) = self.literals.iter().find(|(_, other)| *other == c) {
            return Node::Char(id);
        }
        let node = self.class(Class::single(c));
        if let Node::Char(id) = node {
            self.literals.push((id, c));
        }
        node
    }

    fn alternation(&mut self) -> Result<Node, PatternError> {
        self.depth += 1;
        if self.depth > DEPTH_MAX {
            return Err(self.error("groups nested too deeply"));
        }
        let mut branches = vec![self.concat()?];
        while self.eat("|") {
            branches.push(self.concat()?);
        }
        self.depth -= 1;
        Ok(if branches.len() == 1 {
            branches.pop().expect("one branch")
        } else {
            Node::Alternation(branches)
        })
    }

    fn concat(&mut self) -> Result<Node, PatternError> {
        let mut parts = Vec::new();
        while let Some(c) = self.peek() {
            if c == '|' || c == ')' {
                break;
            }
            let atom = self.atom()?;
            parts.push(self.quantified(atom)?);
        }
        Ok(match parts.len() {
            0 => Node::Empty,
            1 => parts.pop().expect("one part"),
            _ => Node::Concat(parts),
        })
    }

    fn atom(&mut self) -> Result<Node, PatternError> {
        let c = self.peek().expect("the caller saw a character");
        self.at += 1;
        match c {
            '^' => Ok(Node::Begin),
            '$' => Ok(Node::End),
            '.' => Ok(self.class(Class::new(vec![('\n', '\n')], Vec::new(), true))),
            '(' => self.group(),
            '[' => self.bracket(),
            '\\' => self.escape(),
            '*' | '+' | '?' => {
                self.at -= 1;
                Err(self.error("nothing to repeat"))
            }
            c => Ok(self.literal(c)),
        }
    }

    fn group(&mut self) -> Result<Node, PatternError> {
        let look = if self.eat("?:") {
            None
        } else if self.eat("?=") {
            Some((false, false))
        } else if self.eat("?!") {
            Some((false, true))
        } else if self.eat("?<=") {
            Some((true, false))
        } else if self.eat("?<!") {
            Some((true, true))
        } else if self.peek() == Some('?') {
            return Err(self.error("unsupported group"));
        } else {
            None
        };
        let node = self.alternation()?;
        if !self.eat(")") {
            return Err(self.error("missing )"));
        }
        match look {
            None => Ok(node),
            Some((behind, negated)) => {
                if behind && width(&node).is_none() {
                    return Err(self.error("look-behind without a fixed width"));
                }
                Ok(Node::Look { behind, negated, node: Box::new(node) })
            }
        }
    }

    fn quantified(&mut self, atom: Node) -> Result<Node, PatternError> {
        let (min, max) = if self.eat("*") {
            (0, None)
        } else if self.eat("+") {
            (1, None)
        } else if self.eat("?") {
            (0, Some(1))
        } else if self.peek() == Some('{') {
            match self.bounds() {
                Some(bounds) => bounds,
                // Python reads a brace that is no quantifier as itself; so does `atom` next.
                None => return Ok(atom),
            }
        } else {
            return Ok(atom);
        };
        if max.is_some_and(|max| max < min) || max.unwrap_or(min).max(min) > REPEAT_MAX {
            return Err(self.error("bad repeat interval"));
        }
        if matches!(atom, Node::Begin | Node::End | Node::Look { .. }) {
            return Err(self.error("repeated assertion"));
        }
        let greedy = !self.eat("?");
        if matches!(self.peek(), Some('*' | '+')) {
            return Err(self.error("multiple repeat"));
        }
        Ok(Node::Repeat { node: Box::new(atom), min, max, greedy })
    }

    /// Reads `{m}`, `{m,}`, `{,n}` or `{m,n}`, leaving the place after it; none if it is no such.
    fn bounds(&mut self) -> Option<(u32, Option<u32>)> {
        let close = (self.at..self.chars.len()).find(|&i| self.chars[i] == '}')?;
        let inner: String = self.chars[self.at + 1..close].iter().collect();
        let (low, high) = match inner.split_once(',') {
            Some((low, high)) => (low, Some(high)),
            None => (inner.as_str(), None),
        };
        let number = |text: &str| {
            (!text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()))
                .then(|| text.parse::<u32>().unwrap_or(u32::MAX))
        };
        let bounds = match (number(low), high) {
            (Some(low), None) => (low, Some(low)),
            (Some(low), Some("")) => (low, None),
            (None, Some(high)) if low.is_empty() && !high.is_empty() => (0, Some(number(high)?)),
            (Some(low), Some(high)) => (low, Some(number(high)?)),
            _ => return None,
        };
        self.at = close + 1;
        Some(bounds)
    }

    fn escape(&mut self) -> Result<Node, PatternError> {
        match self.escaped()? {
            Escaped::Char(c) => Ok(self.literal(c)),
            Escaped::Named(named) => Ok(self.class(Class::new(Vec::new(), vec![named], false))),
        }
    }

    fn escaped(&mut self) -> Result<Escaped, PatternError> {
        let Some(c) = self.peek() else {
            return Err(self.error("bad escape"));
        };
        self.at += 1;
        let named = |kind, negated| Ok(Escaped::Named(Named { kind, negated }));
        match c {
            'd' => named(NamedKind::Decimal, false),
            'D' => named(NamedKind::Decimal, true),
            'w' => named(NamedKind::Word, false),
            'W' => named(NamedKind::Word, true),
            's' => named(NamedKind::Space, false),
            'S' => named(NamedKind::Space, true),
            'x' => self.hex(2),
            'u' => self.hex(4),
            'U' => self.hex(8),
            'n' => Ok(Escaped::Char('\n')),
            'r' => Ok(Escaped::Char('\r')),
            't' => Ok(Escaped::Char('\t')),
            'f' => Ok(Escaped::Char('\u{c}')),
            'v' => Ok(Escaped::Char('\u{b}')),
            'a' => Ok(Escaped::Char('\u{7}')),
            c if c.is_ascii_alphanumeric() => Err(self.error("unsupported escape")),
            c => Ok(Escaped::Char(c)),
        }
    }

    fn hex(&mut self, digits: usize) -> Result<Escaped, PatternError> {
        let end = self.at + digits;
        let text: Option<String> = self.chars.get(self.at..end).map(|chars| chars.iter().collect());
        let c = text.and_then(|text| u32::from_str_radix(&text, 16).ok());
        match c.and_then(char::from_u32) {
            Some(c) => {
                self.at = end;
                Ok(Escaped::Char(c))
            }
            None => Err(self.error("bad character escape")),
        }
    }

    fn bracket(&mut self) -> Result<Node, PatternError> {
        let negated = self.eat("^");
        let (mut ranges, mut names) = (Vec::new(), Vec::new());
        let mut first = true;
        loop {
            let Some(c) = self.peek() else {
                return Err(self.error("unterminated character set"));
            };
            self.at += 1;
            if c == ']' && !first {
                break;
            }
            first = false;
            let start = if c == '\\' { self.escaped()? } else { Escaped::Char(c) };
            let is_range =
                self.peek() == Some('-') && self.chars.get(self.at + 1).is_some_and(|&next| next != ']');
            match start {
                Escaped::Named(named) if !is_range => names.push(named),
                Escaped::Char(start) if !is_range => ranges.push((start, start)),
                start => {
                    self.at += 1;
                    let c = self.peek().expect("checked above");
                    self.at += 1;
                    let end = if c == '\\' { self.escaped()? } else { Escaped::Char(c) };
                    match (start, end) {
                        (Escaped::Char(start), Escaped::Char(end)) if start <= end => {
                            ranges.push((start, end));
                        }
                        _ => return Err(self.error("bad character range")),
                    }
                }
            }
        }
        Ok(self.class(Class::new(ranges, names, negated)))
    }
}

enum Escaped {
    Char(char),
    Named(Named),
}

/// Returns the number of characters that every match of the node has, where it is fixed.
pub(super) fn width(node: &Node) -> Option<usize> {
    match node {
        Node::Empty | Node::Begin | Node::End | Node::Look { .. } => Some(0),
        Node::Char(_) => Some(1),
        Node::Concat(parts) => parts.iter().map(width).sum(),
        Node::Alternation(branches) => {
            let first = width(branches.first()?)?;
            branches.iter().all(|branch| width(branch) == Some(first)).then_some(first)
        }
        Node::Repeat { node, min, max, .. } => {
            (Some(*min) == *max).then_some(())?;
            Some(width(node)? * *min as usize)
        }
    }
}

pub(super) fn begins_anchored(node: &Node) -> bool {
    match node {
        Node::Begin => true,
        Node::Concat(parts) => parts.first().is_some_and(begins_anchored),
        Node::Alternation(branches) => branches.iter().all(begins_anchored),
        _ => false,
    }
}

pub(super) fn ends_anchored(node: &Node) -> bool {
    match node {
        Node::End => true,
        Node::Concat(parts) => parts.last().is_some_and(ends_anchored),
        Node::Alternation(branches) => branches.iter().all(ends_anchored),
        _ => false,
    }
}

/// Joins neighbouring alternatives of one character each (`^a|^b`, `a$|b$`, `a|b`) into one set.
///
/// Keeps every decision: they match the same place and the same length.
pub(super) fn merge_single_characters(nodes: &mut Vec<Node>, classes: &mut Vec<Class>) {
    let mut merged: Vec<Node> = Vec::with_capacity(nodes.len());
    for node in nodes.drain(..) {
        if let (Some((a, id_a)), Some((b, id_b))) = (merged.last().and_then(single), single(&node))
            && a == b
            && let Some(union) = classes[id_a as usize].union(&classes[id_b as usize])
        {
            let id = u32::try_from(classes.len()).expect("fewer than 2^32 classes");
            classes.push(union);
            let joined = match a {
                Anchor::None => Node::Char(id),
                Anchor::Begin => Node::Concat(vec![Node::Begin, Node::Char(id)]),
                Anchor::End => Node::Concat(vec![Node::Char(id), Node::End]),
            };
            *merged.last_mut().expect("matched above") = joined;
            continue;
        }
        merged.push(node);
    }
    *nodes = merged;
}

#[derive(PartialEq, Clone, Copy)]
enum Anchor {
    None,
    Begin,
    End,
}

fn single(node: &Node) -> Option<(Anchor, ClassId)> {
    match node {
        Node::Char(id) => Some((Anchor::None, *id)),
        Node::Concat(parts) => match parts.as_slice() {
            [Node::Begin, Node::Char(id)] => Some((Anchor::Begin, *id)),
            [Node::Char(id), Node::End] => Some((Anchor::End, *id)),
            _ => None,
        },
        _ => None,
    }
}

/// What the first (or last) character of a match may be.
pub(super) struct Edge {
    classes: Vec<ClassId>,
    /// The match may be empty, so nothing is excluded.
    any: bool,
}

impl Edge {
    pub(super) fn may_be(&self, c: char, classes: &[Class]) -> bool {
        self.any || self.classes.iter().any(|&id| classes[id as usize].contains(c))
    }

    pub(super) fn may_be_non_ascii(&self, classes: &[Class]) -> bool {
        self.any || self.classes.iter().any(|&id| classes[id as usize].may_hold_non_ascii())
    }
}

/// Returns the characters with which a match may begin, or end when `last`.
pub(super) fn edge(node: &Node, last: bool) -> Edge {
    let mut edge = Edge { classes: Vec::new(), any: false };
    edge.any = collect_edge(node, last, &mut edge.classes);
    edge
}

/// Collects edge classes; returns whether the node may match without reading.
fn collect_edge(node: &Node, last: bool, out: &mut Vec<ClassId>) -> bool {
    match node {
        Node::Empty | Node::Begin | Node::End | Node::Look { .. } => true,
        Node::Char(id) => {
            out.push(*id);
            false
        }
        Node::Concat(parts) if last => parts.iter().rev().all(|part| collect_edge(part, last, out)),
        Node::Concat(parts) => parts.iter().all(|part| collect_edge(part, last, out)),
        Node::Alternation(branches) => {
            let mut empty = false;
            for branch in branches {
                empty |= collect_edge(branch, last, out);
            }
            empty
        }
        Node::Repeat { node, min, .. } => collect_edge(node, last, out) || *min == 0,
    }
}

/// Returns characters that every match holds.
pub(super) fn required(node: &Node, classes: &[Class]) -> Vec<char> {
    required_ids(node).into_iter().filter_map(|id| classes[id as usize].only()).collect()
}

fn required_ids(node: &Node) -> Vec<ClassId> {
    match node {
        Node::Char(id) => vec![*id],
        Node::Concat(parts) => parts.iter().flat_map(required_ids).collect(),
        Node::Alternation(branches) => {
            let mut lists = branches.iter().map(required_ids);
            let first = lists.next().unwrap_or_default();
            lists.fold(first, |kept, list| kept.into_iter().filter(|id| list.contains(id)).collect())
        }
        Node::Repeat { node, min, .. } if *min > 0 => required_ids(node),
        _ => Vec::new(),
    }
}
