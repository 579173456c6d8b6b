//! libFuzzer's program for the target `kerberos_initiator`: see `src/kerberos_initiator.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(kerberos_initiator);
