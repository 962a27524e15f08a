//! Programs and their breadth-first simulation.

use super::PatternError;
use super::class::Class;
use super::parse::{ClassId, Node, width};

/// Largest program accepted.
const INSTRUCTIONS_MAX: usize = 100_000;

#[derive(Debug, Clone, Copy)]
enum Inst {
    Char(ClassId),
    /// Continues at the first with priority, else at the second.
    Split(u32, u32),
    Jump(u32),
    Begin,
    End,
    Look(u32),
    Match,
}

/// A look-around assertion.
#[derive(Debug)]
pub(super) struct Look {
    program: Program,
    /// Characters to step back; none for look-ahead.
    behind: Option<usize>,
    negated: bool,
}

/// What the programs of one pattern share.
#[derive(Clone, Copy)]
pub(super) struct Env<'a> {
    pub(super) classes: &'a [Class],
    pub(super) looks: &'a [Look],
}

/// Which way a program reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Direction {
    /// Left to right; the first match by Python's priorities counts.
    Forward,
    /// Right to left; the longest match counts.
    Backward,
}

/// A compiled alternative.
#[derive(Debug)]
pub(super) struct Program {
    code: Vec<Inst>,
    direction: Direction,
}

/// Buffers of the simulation, reused between calls.
#[derive(Debug, Default)]
pub struct Scratch {
    pool: Vec<Threads>,
}

#[derive(Debug, Default)]
struct Threads {
    current: Vec<u32>,
    next: Vec<u32>,
    stack: Vec<u32>,
    seen: Vec<u32>,
    round: u32,
}

impl Program {
    pub(super) fn compile(
        node: &Node,
        direction: Direction,
        looks: &mut Vec<Look>,
    ) -> Result<Self, PatternError> {
        let mut compiler = Compiler { code: Vec::new(), direction, looks };
        compiler.node(node)?;
        compiler.push(Inst::Match)?;
        Ok(Self { code: compiler.code, direction })
    }

    /// Runs from byte `at`; returns where the match ends (starts, for a backward program).
    pub(super) fn run(&self, text: &str, at: usize, env: Env<'_>, scratch: &mut Scratch) -> Option<usize> {
        let mut threads = scratch.pool.pop().unwrap_or_default();
        let found = self.simulate(text, at, env, &mut threads, scratch);
        scratch.pool.push(threads);
        found
    }

    fn simulate(
        &self,
        text: &str,
        mut at: usize,
        env: Env<'_>,
        threads: &mut Threads,
        scratch: &mut Scratch,
    ) -> Option<usize> {
        if threads.seen.len() < self.code.len() {
            threads.seen.resize(self.code.len(), 0);
        }
        let mut found = None;
        threads.next.clear();
        threads.advance_round();
        self.follow(0, text, at, env, threads, scratch);
        loop {
            std::mem::swap(&mut threads.current, &mut threads.next);
            threads.next.clear();
            if threads.current.is_empty() {
                return found;
            }
            let c = match self.direction {
                Direction::Forward => text[at..].chars().next(),
                Direction::Backward => text[..at].chars().next_back(),
            };
            let after = c.map(|c| match self.direction {
                Direction::Forward => at + c.len_utf8(),
                Direction::Backward => at - c.len_utf8(),
            });
            threads.advance_round();
            for i in 0..threads.current.len() {
                let pc = threads.current[i];
                match self.code[pc as usize] {
                    Inst::Match => {
                        found = Some(at);
                        if self.direction == Direction::Forward {
                            // Threads after this one have lower priority.
                            break;
                        }
                    }
                    Inst::Char(id) => {
                        if let (Some(c), Some(after)) = (c, after)
                            && env.classes[id as usize].contains(c)
                        {
                            self.follow(pc + 1, text, after, env, threads, scratch);
                        }
                    }
                    _ => unreachable!("only reading instructions are queued"),
                }
            }
            match after {
                Some(after) => at = after,
                None => return found,
            }
        }
    }

    /// Queues all reading instructions reachable from `start` without reading, by priority.
    fn follow(
        &self,
        start: u32,
        text: &str,
        at: usize,
        env: Env<'_>,
        threads: &mut Threads,
        scratch: &mut Scratch,
    ) {
        threads.stack.clear();
        threads.stack.push(start);
        while let Some(pc) = threads.stack.pop() {
            let seen = &mut threads.seen[pc as usize];
            if *seen == threads.round {
                continue;
            }
            *seen = threads.round;
            match self.code[pc as usize] {
                Inst::Char(_) | Inst::Match => threads.next.push(pc),
                Inst::Jump(to) => threads.stack.push(to),
                Inst::Split(first, second) => {
                    threads.stack.push(second);
                    threads.stack.push(first);
                }
                Inst::Begin if at == 0 => threads.stack.push(pc + 1),
                Inst::End if holds_end(text, at) => threads.stack.push(pc + 1),
                Inst::Begin | Inst::End => {}
                Inst::Look(index) => {
                    let look = &env.looks[index as usize];
                    if look.holds(text, at, env, scratch) != look.negated {
                        threads.stack.push(pc + 1);
                    }
                }
            }
        }
    }
}

/// Tells whether `$` holds: at the end, or before a line feed that ends the text.
fn holds_end(text: &str, at: usize) -> bool {
    at == text.len() || (at + 1 == text.len() && text.ends_with('\n'))
}

impl Look {
    fn holds(&self, text: &str, at: usize, env: Env<'_>, scratch: &mut Scratch) -> bool {
        let Some(behind) = self.behind else {
            return self.program.run(text, at, env, scratch).is_some();
        };
        let mut start = at;
        for _ in 0..behind {
            match text[..start].chars().next_back() {
                Some(c) => start -= c.len_utf8(),
                None => return false,
            }
        }
        // All matches have the same width, so any match ends at `at`.
        self.program.run(text, start, env, scratch).is_some()
    }
}

impl Threads {
    fn advance_round(&mut self) {
        self.round = self.round.wrapping_add(1);
        if self.round == 0 {
            self.seen.fill(0);
            self.round = 1;
        }
    }
}

struct Compiler<'a> {
    code: Vec<Inst>,
    direction: Direction,
    looks: &'a mut Vec<Look>,
}

impl Compiler<'_> {
    fn push(&mut self, inst: Inst) -> Result<u32, PatternError> {
        if self.code.len() >= INSTRUCTIONS_MAX {
            return Err(PatternError { message: "pattern too large".to_owned(), position: 0 });
        }
        self.code.push(inst);
        Ok(self.here() - 1)
    }

    fn here(&self) -> u32 {
        u32::try_from(self.code.len()).expect("bounded by INSTRUCTIONS_MAX")
    }

    fn node(&mut self, node: &Node) -> Result<(), PatternError> {
        match node {
            Node::Empty => {}
            Node::Char(id) => drop(self.push(Inst::Char(*id))?),
            Node::Begin => drop(self.push(Inst::Begin)?),
            Node::End => drop(self.push(Inst::End)?),
            Node::Look { behind, negated, node } => {
                let behind = if *behind { Some(width(node).expect("checked by the parser")) } else { None };
                let program = Program::compile(node, Direction::Forward, self.looks)?;
                let index = u32::try_from(self.looks.len()).expect("fewer than 2^32 assertions");
                self.looks.push(Look { program, behind, negated: *negated });
                self.push(Inst::Look(index))?;
            }
            Node::Concat(parts) if self.direction == Direction::Forward => {
                for part in parts {
                    self.node(part)?;
                }
            }
            Node::Concat(parts) => {
                for part in parts.iter().rev() {
                    self.node(part)?;
                }
            }
            Node::Alternation(branches) => self.alternation(branches)?,
            Node::Repeat { node, min, max, greedy } => self.repeat(node, *min, *max, *greedy)?,
        }
        Ok(())
    }

    fn alternation(&mut self, branches: &[Node]) -> Result<(), PatternError> {
        let mut jumps = Vec::new();
        for (i, branch) in branches.iter().enumerate() {
            if i + 1 == branches.len() {
                self.node(branch)?;
                break;
            }
            let split = self.push(Inst::Split(0, 0))?;
            self.node(branch)?;
            jumps.push(self.push(Inst::Jump(0))?);
            self.code[split as usize] = Inst::Split(split + 1, self.here());
        }
        let end = self.here();
        for jump in jumps {
            self.code[jump as usize] = Inst::Jump(end);
        }
        Ok(())
    }

    fn repeat(&mut self, node: &Node, min: u32, max: Option<u32>, greedy: bool) -> Result<(), PatternError> {
        for _ in 0..min {
            self.node(node)?;
        }
        let split = |body: u32, exit: u32| {
            if greedy { Inst::Split(body, exit) } else { Inst::Split(exit, body) }
        };
        match max {
            None => {
                let head = self.push(Inst::Split(0, 0))?;
                self.node(node)?;
                self.push(Inst::Jump(head))?;
                self.code[head as usize] = split(head + 1, self.here());
            }
            Some(max) => {
                let mut heads = Vec::new();
                for _ in min..max {
                    heads.push(self.push(Inst::Split(0, 0))?);
                    self.node(node)?;
                }
                let end = self.here();
                for head in heads {
                    self.code[head as usize] = split(head + 1, end);
                }
            }
        }
        Ok(())
    }
}
