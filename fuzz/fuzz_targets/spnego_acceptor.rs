//! libFuzzer's program for the target `spnego_acceptor`: see `src/spnego_acceptor.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(spnego_acceptor);
