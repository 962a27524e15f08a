//! The gazetteer, as the program looks places up in it.

/// Places of the world by name.
#[derive(Debug, Default)]
pub struct Gazetteer {}
