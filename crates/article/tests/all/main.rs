//! All tests at the room's door, in one program: each further one would be linked and stored with the weights once more.

mod debris;
mod metadata;
mod pages;
mod properties;
