//! libFuzzer's program for the target `inspect`: see `src/inspect.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(inspect);
