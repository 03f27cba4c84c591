//! Renders deployment manifests.
