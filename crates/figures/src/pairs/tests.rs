//! The tables, their checks and their CSV.
