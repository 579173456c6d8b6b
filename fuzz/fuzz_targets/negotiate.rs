//! libFuzzer's program for the target `negotiate`: see `src/negotiate.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(negotiate);
