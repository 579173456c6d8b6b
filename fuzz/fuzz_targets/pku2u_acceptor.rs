//! libFuzzer's program for the target `pku2u_acceptor`: see `src/pku2u_acceptor.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(pku2u_acceptor);
