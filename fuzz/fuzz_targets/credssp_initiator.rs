//! libFuzzer's program for the target `credssp_initiator`: see `src/credssp_initiator.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(credssp_initiator);
