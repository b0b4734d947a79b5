using System.Text;
using CityPerception.Hosting;
using CityPerception.Sources.Mqtt.Access;
using CityPerception.Sources.Mqtt.Azure;
using CityPerception.TestKit;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using MQTTnet.Packets;

namespace CityPerception.Tests.Sources.Azure;

/// <summary>Tokens against the clock, by an example that was computed elsewhere.</summary>
public sealed class AzureGateTests : IDisposable
{
    private const string Key = "MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=";
    private const long End = 1_795_600_000;

    private readonly TempFolder _folder = new();
    private readonly FakeTimeProvider _clock = new(DateTimeOffset.FromUnixTimeSeconds(End).AddDays(-1));
    private readonly AzureGate _gate;

    public AzureGateTests()
    {
        File.WriteAllText(KeyFile, $"nj-0001,{Key}\n");
        IOptions<AzureOptions> options = Options.Create(new AzureOptions { KeyFile = KeyFile });
        _gate = new AzureGate(new AzureKeys(options, _clock, NullLogger<AzureKeys>.Instance), options, Options.Create(new SecurityOptions()), _clock);
    }

    private string KeyFile => _folder.File("keys.csv");

    [Fact]
    public void Admit_TheComputedExample_IsTheDeviceUntilItsEnd()
    {
        Admission admission = _gate.Admit(Example());

        Assert.Equal((new AzureName("nj-0001", null), DateTimeOffset.FromUnixTimeSeconds(End), null), (admission.Name!.Value, admission.End, admission.Refusal));
        Assert.True(_gate.MayPublish(admission.Name, new AzureName("nj-0001", null)));
        Assert.False(_gate.MayPublish(admission.Name, new AzureName("NJ-0001", null)));
        Assert.False(_gate.MayPublish(admission.Name, new AzureName("nj-0001", "m")));
        Assert.False(_gate.MayPublish(null, new AzureName("nj-0001", null)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("admin")]
    [InlineData("host/device")]
    [InlineData("?api-version=2021-04-12")]
    public void Admit_AUserNameThatIsNotOfTheDialect_IsNobodyWithoutAnEnd(string? user)
    {
        MqttConnectPacket connect = Example();
        connect.Username = user;

        Assert.Equal(new Admission(null, DateTimeOffset.MaxValue, null), _gate.Admit(connect));
    }

    [Theory]
    [InlineData("nj-0001&sig", "nj-0002&sig")] // another resource
    [InlineData("sig=szZuj", "sig=tzZuj")]
    [InlineData("1795600000", "1795600001")]
    [InlineData("%2Fdevices", "%2fdevices")] // signed as it is written
    public void Admit_ATokenThatWasChanged_IsRefused(string old, string with)
    {
        MqttConnectPacket connect = Example();
        connect.Password = Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(connect.Password).Replace(old, with, StringComparison.Ordinal));

        string? refusal = _gate.Admit(connect).Refusal;
        Assert.NotNull(refusal);
        Assert.DoesNotContain("sig=", refusal, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(-401, "days ahead")] // as a token in milliseconds is, by far
    [InlineData(-399, null)]
    [InlineData(1, "expired")]
    public void Admit_ByTheDay_RefusesWhatIsTooFarOrOver(int days, string? refusal)
    {
        var clock = new FakeTimeProvider(DateTimeOffset.FromUnixTimeSeconds(End).AddDays(days));
        IOptions<AzureOptions> options = Options.Create(new AzureOptions { KeyFile = KeyFile });
        Admission admission = new AzureGate(new AzureKeys(options, clock, NullLogger<AzureKeys>.Instance), options, Options.Create(new SecurityOptions()), clock).Admit(Example());

        if (refusal is null) Assert.Null(admission.Refusal);
        else Assert.Contains(refusal, admission.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void Admit_WithinTheSkew_EndsWithTheSkew()
    {
        DateTimeOffset end = DateTimeOffset.FromUnixTimeSeconds(End);
        _clock.SetUtcNow(end.AddMinutes(4.9));
        Assert.Equal((null, end.AddMinutes(5)), (_gate.Admit(Example()).Refusal, _gate.Admit(Example()).End));

        _clock.SetUtcNow(end.AddMinutes(5));
        Assert.NotNull(_gate.Admit(Example()).Refusal);
    }

    [Fact]
    public void Admit_KeysThatChange_CountFromThenOn()
    {
        Assert.Null(_gate.Admit(Example()).Refusal);
        Rewrite("nj-0001,AAAAAAAAAAAAAAAAAAAAAA==\n", 1);
        Assert.Contains("signature", _gate.Admit(Example()).Refusal, StringComparison.Ordinal);
        Rewrite("nj-0001,short\n", 2); // a fault: those from before
        Assert.Contains("signature", _gate.Admit(Example()).Refusal, StringComparison.Ordinal);
        Rewrite($"nj-0001,AAAAAAAAAAAAAAAAAAAAAA==\nnj-0001,{Key}\n", 3); // while a key is being changed
        Assert.Null(_gate.Admit(Example()).Refusal);
    }

    [Theory]
    [InlineData("nj-0001", "line 2")]
    [InlineData("nj-0001,c2VjcmV0", "line 2")] // 6 bytes
    [InlineData("nj-0001,not base64 at all", "line 2")]
    public void KeyFile_WithAFault_NamesTheLineAndNotTheKey(string line, string where)
    {
        File.WriteAllText(KeyFile, $"# device,key\n{line}\n");

        string? failure = new AzureKeyFileRule().Validate(null, new AzureOptions { KeyFile = KeyFile }).FailureMessage;
        Assert.Contains(where, failure, StringComparison.Ordinal);
        if (line.Contains(',', StringComparison.Ordinal)) Assert.DoesNotContain(line[(line.IndexOf(',', StringComparison.Ordinal) + 1)..], failure, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();

    private void Rewrite(string text, int minute)
    {
        File.WriteAllText(KeyFile, text);
        File.SetLastWriteTimeUtc(KeyFile, new DateTime(2026, 1, 1, 0, minute, 0, DateTimeKind.Utc));
        _clock.Advance(TimeSpan.FromSeconds(1));
    }

    private static MqttConnectPacket Example() => new()
    {
        ClientId = "nj-0001",
        Username = "cityperception.local/nj-0001/?api-version=2021-04-12",
        Password = "SharedAccessSignature sr=cityperception.local%2Fdevices%2Fnj-0001&sig=szZujPZRokqPkAm8wI8pIqVIQvx4tUGUolNersP1fR0%3D&se=1795600000"u8.ToArray(),
    };
}
