//! libFuzzer's program for the target `credssp_acceptor`: see `src/credssp_acceptor.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(credssp_acceptor);
