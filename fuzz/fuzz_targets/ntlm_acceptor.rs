//! libFuzzer's program for the target `ntlm_acceptor`: see `src/ntlm_acceptor.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(ntlm_acceptor);
