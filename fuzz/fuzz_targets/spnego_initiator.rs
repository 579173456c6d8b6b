//! libFuzzer's program for the target `spnego_initiator`: see `src/spnego_initiator.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(spnego_initiator);
