namespace CityPerception.Tests.Access;

public sealed class KeyTests(PeopleServer server) : KeyContract(server), IClassFixture<PeopleServer>;

public sealed class SessionTests(PeopleServer server) : SessionContract(server), IClassFixture<PeopleServer>;
