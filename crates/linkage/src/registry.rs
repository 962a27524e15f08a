//! The actor registry, as the program looks names up in it.

/// Known actors by name.
#[derive(Debug, Clone, Default)]
pub struct Registry {}
