//! What the compiler says of faulty attributes, and which sound ones it must accept.
