//! Tests of the whole room against servers of their own.
