drop index messages_linking;
