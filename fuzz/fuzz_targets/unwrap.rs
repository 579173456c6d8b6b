//! libFuzzer's program for the target `unwrap`: see `src/unwrap.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(unwrap);
