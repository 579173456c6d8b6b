//! libFuzzer's program for the target `spnego_token`: see `src/spnego_token.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(spnego_token);
