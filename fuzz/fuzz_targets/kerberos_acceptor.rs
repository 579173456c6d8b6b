//! libFuzzer's program for the target `kerberos_acceptor`: see `src/kerberos_acceptor.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(kerberos_acceptor);
