//! libFuzzer's program for the target `ntlm_initiator`: see `src/ntlm_initiator.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(ntlm_initiator);
