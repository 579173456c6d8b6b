//! libFuzzer's program for the target `kerberos_kdc`: see `src/kerberos_kdc.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(kerberos_kdc);
