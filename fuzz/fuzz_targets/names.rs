//! libFuzzer's program for the target `names`: see `src/names.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(names);
