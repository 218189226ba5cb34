"""RumiAI: seven ML services, one timeline, seven analyses of a short video."""

#: Version of the meaning of the output fields. The major number rises with each batch of changed meanings;
#: the deployed system, which never stated one, counts as 1.
CONTRACT_VERSION = "2.0.0"
