"""The contract: load schemas, validate documents, compile schemas into what a comparison walks along."""
