//! Work on numbered pieces by several threads, with results in the order of the numbers.
//!
//! In: how many workers, how many pieces, what to do with each. Out: one result a piece. Results may not depend on which
//! worker did a piece, so the number of workers never shows.

use std::num::NonZeroUsize;

/// Does pieces `0..count` on at most `workers` scoped threads; results stand in the order of the pieces.
pub fn map<T: Send>(workers: NonZeroUsize, count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let workers = workers.get().min(count);
    if workers <= 1 {
        return (0..count).map(work).collect();
    }
    let work = &work;
    let mut shares: Vec<Vec<T>> = std::thread::scope(|scope| {
        let threads: Vec<_> = (0..workers)
            .map(|first| scope.spawn(move || (first..count).step_by(workers).map(work).collect::<Vec<T>>()))
            .collect();
        threads
            .into_iter()
            .map(|thread| thread.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect()
    });
    let mut parts: Vec<_> = shares.iter_mut().map(|share| share.drain(..)).collect();
    (0..count).filter_map(|at| parts[at % workers].next()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_is_that_of_the_pieces() {
        for workers in 1..6 {
            let workers = NonZeroUsize::new(workers).unwrap();
            assert_eq!(map(workers, 17, |at| at * at), (0..17).map(|at| at * at).collect::<Vec<_>>());
        }
        assert!(map(NonZeroUsize::MIN, 0, |at| at).is_empty());
    }
}
