//! libFuzzer's program for the target `pac`: see `src/pac.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(pac);
