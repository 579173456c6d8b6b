//! libFuzzer's program for the target `certificates`: see `src/certificates.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(certificates);
