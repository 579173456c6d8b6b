//! libFuzzer's program for the target `ntlm_acceptor_negotiate`: see `src/ntlm_acceptor_negotiate.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(ntlm_acceptor_negotiate);
