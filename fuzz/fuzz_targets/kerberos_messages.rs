//! libFuzzer's program for the target `kerberos_messages`: see `src/kerberos_messages.rs`.

#![cfg_attr(fuzzing, no_main)]

anysspi_fuzz::program!(kerberos_messages);
