using CityPerception.Core.Decoding.Sparkplug;
using CityPerception.TestKit;

namespace CityPerception.Core.Tests.Decoding.Sparkplug;

/// <summary>The session of a node: names, numbers, life and death.</summary>
public sealed class SparkplugNodeTests
{
    private static readonly SparkplugMetric Power = new("Power", 131.5f, 9, 12), Level = new("Level", -5, 1, 13);

    private static readonly SparkplugMetric PowerByAlias = new(null, 7f, 0, 12);

    private static Edge Born()
    {
        var edge = new Edge();
        edge.NodeBirth();
        edge.DeviceBirth("lamp", 1, Power, Level);
        return edge;
    }

    [Fact]
    public void Data_ByAlias_HasNameAndDatatypeOfTheBirth()
    {
        Edge edge = Born();
        Assert.Contains("\"metrics\":{\"Power\":7,\"Level\":-9}", Assert.Single(edge.Data("lamp", 2, PowerByAlias, new SparkplugMetric(null, 247, 0, 13))), StringComparison.Ordinal);
        Assert.Equal(RebirthReason.None, edge.Step.Rebirth);
    }

    [Fact]
    public void Data_ByNameAlone_HasTheDatatypeOfTheBirth() =>
        Assert.Contains("\"metrics\":{\"Level\":-9}", Assert.Single(Born().Data("lamp", 2, new SparkplugMetric("Level", 247))), StringComparison.Ordinal);

    [Fact]
    public void Data_BeforeAnyBirth_AsksAndIsNotGuessed()
    {
        var edge = new Edge();
        Assert.Equal(["! AliasUnknown $.metrics"], edge.Data("lamp", 40, PowerByAlias));
        Assert.Equal((RebirthReason.BirthUnknown, 0), (edge.Step.Rebirth, edge.Step.Missing));
    }

    [Fact]
    public void Data_OfADeviceThatWasNotBorn_Asks()
    {
        Edge edge = Born();
        Assert.Equal(["! AliasUnknown $.metrics"], edge.Data("other", 2, PowerByAlias));
        Assert.Equal(RebirthReason.BirthUnknown, edge.Step.Rebirth);
    }

    [Fact]
    public void Data_WithAnAliasThatTheBirthHasNot_Asks()
    {
        Edge edge = Born();
        Assert.Equal("! AliasUnknown $.metrics", edge.Data("lamp", 2, PowerByAlias, new SparkplugMetric(null, 1f, 0, 99))[1]);
        Assert.Equal(RebirthReason.AliasUnknown, edge.Step.Rebirth);
    }

    [Fact]
    public void Numbers_ThroughTheirEnd_MissNothing()
    {
        Edge edge = Born();
        for (int i = 2; i < 600; i++)
        {
            edge.Data("lamp", i % 256, PowerByAlias);
            Assert.Equal((RebirthReason.None, 0), (edge.Step.Rebirth, edge.Step.Missing));
        }
    }

    [Theory]
    [InlineData(3, 1)]
    [InlineData(0, 254)]
    public void Numbers_WithAGap_AskAndCountWhatIsMissing(int seq, int missing)
    {
        Edge edge = Born();
        Assert.Contains("\"Power\":7", Assert.Single(edge.Data("lamp", seq, PowerByAlias)), StringComparison.Ordinal);
        Assert.Equal((RebirthReason.SequenceGap, missing), (edge.Step.Rebirth, edge.Step.Missing));
        edge.Data("lamp", seq + 1, PowerByAlias);
        Assert.Equal((RebirthReason.None, 0), (edge.Step.Rebirth, edge.Step.Missing));
    }

    [Fact]
    public void Numbers_OfARepeat_AreNoGap()
    {
        Edge edge = Born();
        edge.Data("lamp", 2, PowerByAlias);
        edge.Data("lamp", 2, PowerByAlias);
        Assert.Equal((RebirthReason.None, 0), (edge.Step.Rebirth, edge.Step.Missing));
    }

    [Fact]
    public void NodeBirth_Anew_ForgetsTheDevices()
    {
        Edge edge = Born();
        edge.NodeBirth(session: 1, time: Edge.Time + 1);
        Assert.Equal(["! AliasUnknown $.metrics"], edge.Data("lamp", 1, PowerByAlias));
        edge.DeviceBirth("lamp", 2, Power with { Name = "Active" });
        Assert.Contains("\"Active\":7", Assert.Single(edge.Data("lamp", 3, PowerByAlias)), StringComparison.Ordinal);
    }

    [Fact]
    public void NodeBirth_TheSameAgain_ChangesNothing()
    {
        Edge edge = Born();
        edge.NodeBirth();
        Assert.Contains("\"Power\":7", Assert.Single(edge.Data("lamp", 2, PowerByAlias)), StringComparison.Ordinal);
        Assert.Equal((RebirthReason.None, 0), (edge.Step.Rebirth, edge.Step.Missing));
    }

    [Fact]
    public void NodeDeath_OfItsSession_TakesTheDevicesWithIt()
    {
        Edge edge = Born();
        string death = Assert.Single(edge.NodeDeath(0));
        Assert.Contains("""[{"name":"e7","kind":"node","online":false,"seen":1795483800},{"name":"lamp","kind":"device","online":false,"seen":1795483800}]""", death, StringComparison.Ordinal);
        Assert.True(edge.Node.IsDead);
        Assert.Equal(["! AliasUnknown $.metrics"], edge.Data("lamp", 2, PowerByAlias));
    }

    [Fact]
    public void NodeDeath_OfAnOlderSession_IsPassedOver()
    {
        Edge edge = Born();
        edge.NodeBirth(session: 1, time: Edge.Time + 1);
        edge.DeviceBirth("lamp", 1, Power);

        Assert.Equal(["-"], edge.NodeDeath(0));
        Assert.True(edge.Step.IsStaleDeath);
        Assert.False(edge.Node.IsDead);
        Assert.Contains("\"Power\":7", Assert.Single(edge.Data("lamp", 2, PowerByAlias)), StringComparison.Ordinal);
    }

    [Fact]
    public void DeviceDeath_OfADevice_LeavesTheOthers()
    {
        Edge edge = Born();
        edge.DeviceBirth("meter", 2, Power);
        edge.Send("DDEATH/e7/lamp", SparkplugPayloads.Write(Edge.Time, 3));
        Assert.Contains("\"Power\":7", Assert.Single(edge.Data("meter", 4, PowerByAlias)), StringComparison.Ordinal);
        Assert.Equal(["! AliasUnknown $.metrics"], edge.Data("lamp", 5, PowerByAlias));
    }

    [Fact]
    public void Look_AtAnEarlierMessage_KnowsTheBirthAndTakesNothing()
    {
        byte[] early = SparkplugPayloads.Write(Edge.Time, 200, PowerByAlias);
        Edge edge = Born();
        Assert.Contains("\"Power\":7", Assert.Single(edge.Look("DDATA/e7/lamp", early)), StringComparison.Ordinal);
        edge.Data("lamp", 2, PowerByAlias);
        Assert.Equal((RebirthReason.None, 0), (edge.Step.Rebirth, edge.Step.Missing));
    }

    [Fact]
    public void Look_WhereTheAliasIsOfAnotherDatatypeNow_IsRejected() =>
        Assert.Equal("! TypeMismatch $.metrics['Level']", Born().Look("DDATA/e7/lamp", SparkplugPayloads.Write(Edge.Time, 200, new SparkplugMetric(null, 7f, 0, 13)))[0]);

    [Fact]
    public void Memory_UsedUp_KeepsNoBirthAndDoesNotAsk()
    {
        var memory = new SparkplugMemory(10_000);
        var edge = new Edge(memory);
        edge.NodeBirth();
        long small = memory.Used;
        Assert.StartsWith("{", Assert.Single(edge.DeviceBirth("lamp", 1, Enumerable.Range(0, 100).Select(i => new SparkplugMetric($"metric {i}", 1f, 9, i)))), StringComparison.Ordinal);
        Assert.True(edge.Step.IsOverLimit);
        Assert.Equal(small, memory.Used);
        Assert.Equal(["! AliasUnknown $.metrics"], edge.Data("lamp", 2, PowerByAlias));
        Assert.Equal(RebirthReason.None, edge.Step.Rebirth);

        edge.DeviceBirth("small", 3, Power); // fits, and makes the large one no smaller
        Assert.Contains("\"Power\":7", Assert.Single(edge.Data("small", 4, PowerByAlias)), StringComparison.Ordinal);
        edge.Data("lamp", 5, PowerByAlias);
        Assert.Equal(RebirthReason.None, edge.Step.Rebirth);
    }

    [Fact]
    public void Memory_OfBirthsThatAreOver_IsGivenBack()
    {
        var memory = new SparkplugMemory(1 << 20);
        var edge = new Edge(memory);
        edge.NodeBirth();
        edge.DeviceBirth("lamp", 1, Power, Level);
        long one = memory.Used;
        edge.Send("DBIRTH/e7/lamp", SparkplugPayloads.Write(Edge.Time + 1, 2, Power, Level));
        Assert.Equal(one, memory.Used);
        edge.NodeDeath(0);
        Assert.Equal(0, memory.Used);
    }

    [Fact]
    public void Forget_WhileAMessageComes_KeepsNothingOfIt()
    {
        var memory = new SparkplugMemory(1 << 20);
        var edge = new Edge(memory);
        edge.Node.Forget();
        edge.NodeBirth();
        Assert.Equal(0, memory.Used);
    }
}
