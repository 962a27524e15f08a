//! All tests of whole readings, in one program: each further one would be linked and stored with the embedded weights once more.

mod deep;
mod golden;
mod properties;
mod scenarios;
mod told;
