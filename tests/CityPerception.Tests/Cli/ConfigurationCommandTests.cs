using CityPerception.TestKit;
using CityPerception.Tests.Support;

namespace CityPerception.Tests.Cli;

/// <summary><c>check</c> and <c>try</c> with the configuration that is shipped.</summary>
public sealed class ConfigurationCommandTests
{
    private static readonly string Shipped = RepositoryFolder.Find("ingest-configs");

    [Fact]
    public async Task Check_Shipped_FindsNothing()
    {
        (int exitCode, string output, string error) = await CliProcess.RunAsync(["check", Shipped]);
        Assert.Equal((0, ""), (exitCode, error));
        Assert.Contains("files, no faults.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_BrokenCopy_ShowsEveryFaultWithItsPlace()
    {
        using var config = new ConfigCopy();
        config.Replace("sources/air-station.yaml", "measurement: air_quality", "measurement: air_qualty");
        config.Replace("sources/noise-meter.yaml", "decode: json", "decode: jsn");
        config.Replace("sources/lamp.yaml", "unit: W", "unit: wat");

        (int exitCode, _, string error) = await CliProcess.RunAsync(["check", config.Path]);

        Assert.Equal(1, exitCode);
        Assert.Matches(@"(?m)^sources/air-station\.yaml:\d+:\d+: ", error);
        Assert.Matches(@"(?m)^sources/noise-meter\.yaml:\d+:\d+: ", error);
        Assert.Matches(@"(?m)^sources/lamp\.yaml:\d+:\d+: ", error);
        Assert.Contains("3 faults in 3 files", error, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Try_ShippedSample_PrintsItsLineAloneAndStoresNothing()
    {
        await using CliProcess process = CliProcess.Start(["try", "air-station", Path.Combine(Shipped, "samples", "air-station.json"), "--config", Shipped]);
        string[] before = process.Files;
        (int exitCode, string output, string error) = await process.FinishAsync();
        Assert.Equal(0, exitCode);
        Assert.Equal(
            "air_quality,category=ambient,device=AQ-00001,district=140403,sense=thing,source=air-station battery=93.84615384615384,no2=21.0,pm10=70.2,pm25=35.1,temperature=8.5 1700000000000000000\n",
            output);
        Assert.Contains("1 accepted, 0 rejected, 0 filtered; nothing stored.", error, StringComparison.Ordinal);
        Assert.Equal(before, process.Files);
    }

    [Fact]
    public async Task Try_StandardInputWithTopic_ReadsBoth()
    {
        await using CliProcess process = CliProcess.Start(["try", "noise-meter", "-", "--topic", "city/noise/NM-00001/telemetry", "--config", Shipped]);
        (int exitCode, string output, _) = await process.FinishAsync("""{"time":"2026-03-01T08:00:00","la":"51.5"}""");
        Assert.Equal(0, exitCode);
        Assert.Matches(@"^noise,category=[^,]+,device=NM-00001,district=\d{6},grid=\d+,sense=thing,source=noise-meter la=51\.5 1772323200000000000\n$", output);
    }

    [Fact]
    public async Task Try_BadSample_ShowsTheRejection()
    {
        await using CliProcess process = CliProcess.Start(["try", "air-station", "--config", Shipped]);
        (int exitCode, string output, string error) = await process.FinishAsync(NumberedLoad.Message(7));
        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("rejected: element 0: $.data.pm25: type_mismatch: ", error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Try_UnknownSource_NamesTheNearest()
    {
        (int exitCode, string output, string error) = await CliProcess.RunAsync(["try", "air-staton", "--config", Shipped]);
        Assert.Equal((2, ""), (exitCode, output));
        Assert.Contains("did you mean 'air-station'?", error, StringComparison.Ordinal);
    }
}
