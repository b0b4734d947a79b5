using System.Net;
using CityPerception.Core.Observations;
using CityPerception.Storage.DeadLetters;
using CityPerception.TestKit;
using CityPerception.Tests.Support;
using MQTTnet;
using MQTTnet.Protocol;

namespace CityPerception.Tests.DeadLetters;

/// <summary>From a refused message to its point: the correction, the replay, the store. Real processes and sockets.</summary>
public sealed class ReplayTests
{
    private const string Door = """
        source: door
        sense: thing
        from: { mqtt: plant/+/door }
        decode: json
        observation:
          measurement: noise
          time: { received: true }
          tags:
            device: { property: site }
            district: { const: "140403" }
          fields:
            leq: $.leq
        """;

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replay_BesideARunningServerAfterAHotReload_StoresThePointAtItsOwnTime()
    {
        using var config = new ConfigCopy();
        config.Write("sources/door.yaml", Door);
        using var data = new TempFolder();
        await using Server server = await Server.StartAsync(data.Path, config.Path);
        await PublishAsync(server, "plant/7/door", """{"leq":"loud","level":51.5}""", ("site", "D7"));
        DeadLetter letter = Assert.Single(Letters.In(data.Path));
        Assert.Equal(("door", RejectionReason.TypeMismatch), (letter.Source, letter.Reason));

        (int before, _, string why) = await Letters.ReplayAsync(data.Path, config.Path);
        Assert.Equal(1, before);
        Assert.Contains($"{letter.Id} door rejected: element 0: $.leq: type_mismatch", why, StringComparison.Ordinal);

        config.Replace("sources/door.yaml", "leq: $.leq", "leq: $.level");
        await Until.TrueAsync("the server has the correction", () => server.Printed.Contains("Configuration reloaded", StringComparison.Ordinal), Ct);
        // The server's own configuration counts, whatever the command has.
        (int exitCode, string preview, _) = await Letters.ReplayAsync(data.Path, null, "--dry-run");
        Assert.Equal(0, exitCode);
        Assert.Contains($"noise,device=D7,district=140403,sense=thing,source=door leq=51.5,ts_source=\"arrival\" {letter.Time.ToUnixNs()}\n", preview.ReplaceLineEndings("\n"), StringComparison.Ordinal);
        Assert.Equal(DeadLetterState.Open, Assert.Single(Letters.In(data.Path)).State);

        (exitCode, _, string said) = await Letters.ReplayAsync(data.Path, null);
        Assert.Equal(0, exitCode);
        Assert.Contains("1 of 1 letters replayed, 1 observations", said, StringComparison.Ordinal);
        Assert.Equal((DeadLetterState.Replayed, 1), (Assert.Single(Letters.In(data.Path)).State, Letters.In(data.Path)[0].Mark!.Observations));
        Assert.Equal(1, await server.MetricAsync("cityperception_deadletters_replayed_total"));
        Assert.Equal(1, await server.MetricAsync("cityperception_deadletters_written_total")); // refused again is no second letter

        await server.WaitUntilDrainedAsync();
        Assert.Equal(await server.MetricAsync("cityperception_ingest_observations_total"), await server.MetricAsync("cityperception_dispatch_lines_written_total"));
        Assert.Equal(0, (await server.StopAsync()).ExitCode);
        Assert.Equal([(letter.Time.ToUnixNs(), 51.5)], await Kept.PointsAsync(data.Path, "noise", "leq"));
    }

    [Fact]
    public async Task Replay_BatchWithOneBadElementAndNoServer_StoresEachPointOnceHoweverOften()
    {
        using var config = new ConfigCopy();
        using var data = new TempFolder();
        string batch = $"[{string.Join(',', Enumerable.Range(0, 5).Select(i => i == 3 ? Letters.Message(i).Replace("\"pm25\":3", "\"pm25\":3,\"pm10\":\"high\"", StringComparison.Ordinal) : Letters.Message(i)))}]";
        await using (Server server = await Server.StartAsync(data.Path, config.Path))
        {
            using HttpResponseMessage taken = await server.PostAsync("/ingest/air-station", batch);
            Assert.Equal(HttpStatusCode.Accepted, taken.StatusCode);
            await server.WaitUntilDrainedAsync();
            Assert.Equal(0, (await server.StopAsync()).ExitCode);
        }

        DeadLetter letter = Assert.Single(Letters.In(data.Path));
        Assert.Equal((3, 1), (Assert.Single(letter.Rejections).Index, letter.RejectionCount));
        Assert.Equal(4, (await Kept.PointsAsync(data.Path, "air_quality", "pm25")).Count);

        config.Replace("sources/air-station.yaml", "pm10: { path: $.data.pm10, missing: [-999] }", "pm10: { path: $.data.pm10, missing: [-999], invalid: omit }");
        Assert.Equal(0, (await Letters.ReplayAsync(data.Path, config.Path)).ExitCode);
        (int exitCode, _, string nothingLeft) = await Letters.ReplayAsync(data.Path, config.Path);
        Assert.Equal(0, exitCode);
        Assert.Contains("0 of 0 letters replayed", nothingLeft, StringComparison.Ordinal);
        Assert.Equal(0, (await Letters.ReplayAsync(data.Path, config.Path, letter.Id.ToString(), "--again")).ExitCode);

        await using (Server server = await Server.StartAsync(data.Path, config.Path))
        {
            await server.WaitUntilDrainedAsync();
            Assert.Equal(10, await server.MetricAsync("cityperception_dispatch_lines_written_total")); // twice all five
            Assert.Equal(0, (await server.StopAsync()).ExitCode);
        }

        Assert.Equal(
            Enumerable.Range(0, 5).Select(i => (Letters.TimeMs(i) * 1_000_000, (double)i)),
            (await Kept.PointsAsync(data.Path, "air_quality", "pm25")).OrderBy(p => p.TimeNs));
    }

    [Fact]
    public async Task Replay_TopicRouteAndLinesThatNobodyKnew_GoWhereTheyBelongNow()
    {
        using var config = new ConfigCopy();
        using var data = new TempFolder();
        await using (Server server = await Server.StartAsync(data.Path, config.Path))
        {
            await PublishAsync(server, "plant/9/door", """{"leq":49}""", ("site", "D9"));
            foreach ((string path, string body) in (IEnumerable<(string, string)>)[("/ingest/door?site=D1", """{"leq":48}"""), ("/write?precision=s", "noise,device=D2 ldn=47 1760000000")])
                (await server.PostAsync(path, body)).Dispose();
            await PublishAsync(server, "plant/elsewhere", "{}");
            Assert.Equal(0, (await server.StopAsync()).ExitCode);
        }

        List<DeadLetter> letters = Letters.In(data.Path);
        Assert.Equal([RejectionReason.SourceUnknown, RejectionReason.SourceUnknown, RejectionReason.FieldUnknown, RejectionReason.SourceUnknown], letters.Select(l => l.Reason));
        config.Write("sources/door.yaml", Door);
        config.Replace("measurements.yaml", "      leq: { unit: dB(A), range: [0, 160], name: { zh: 等效声级, en: equivalent level } }",
            "      leq: { unit: dB(A), range: [0, 160], name: { zh: 等效声级, en: equivalent level } }\n      ldn: { unit: dB(A), range: [0, 160] }");

        Assert.Equal(0, (await Letters.ReplayAsync(data.Path, config.Path, "--topic", "plant/+/door")).ExitCode);
        (int exitCode, _, string error) = await Letters.ReplayAsync(data.Path, config.Path);
        Assert.Equal(1, exitCode);
        Assert.Contains("2 of 3 letters replayed, 2 observations; 1 rejected again", error, StringComparison.Ordinal);
        Assert.Equal("plant/elsewhere", Assert.Single(Letters.In(data.Path, DeadLetterState.Open)).Topic);

        await using (Server server = await Server.StartAsync(data.Path, config.Path))
        {
            await server.WaitUntilDrainedAsync();
            Assert.Equal(0, (await server.StopAsync()).ExitCode);
        }

        Assert.Equal([(letters[0].Time.ToUnixNs(), 49.0), (letters[1].Time.ToUnixNs(), 48)], (await Kept.PointsAsync(data.Path, "noise", "leq")).OrderBy(p => p.TimeNs));
        Assert.Equal([(1_760_000_000_000_000_000, 47.0)], await Kept.PointsAsync(data.Path, "noise", "ldn"));
    }

    [Fact]
    public async Task Replay_LineThatTheStoreRefuses_StaysOneLetterUntilTheStoreTakesIt()
    {
        using var config = new ConfigCopy();
        using var data = new TempFolder();
        const string Leq = "      leq: { unit: dB(A), range: [0, 160], name: { zh: 等效声级, en: equivalent level } }";
        config.Replace("measurements.yaml", Leq, Leq + "\n      mode: { range: [0, 9] }");
        await using (Server server = await Server.StartAsync(data.Path, config.Path))
        {
            (await server.PostAsync("/write?precision=s", "noise,device=D1 mode=1 1760000000")).Dispose(); // the store has it as a number now
            await server.WaitUntilDrainedAsync();
            Assert.Equal(0, (await server.StopAsync()).ExitCode);
        }

        config.Replace("measurements.yaml", "mode: { range: [0, 9] }", "mode: { type: string, max_bytes: 16 }");
        await using (Server server = await Server.StartAsync(data.Path, config.Path))
        {
            using (HttpResponseMessage taken = await server.PostAsync("/write?precision=s", "noise,device=D1 mode=\"day\" 1760000001")) Assert.Equal(HttpStatusCode.NoContent, taken.StatusCode);
            await Until.TrueAsync("the store has refused it", () => Letters.In(data.Path).Count == 1, Ct);
            DeadLetter refused = Assert.Single(Letters.In(data.Path, DeadLetterState.Open));
            Assert.Equal((DeadLetterKind.Line, RejectionReason.RefusedByStore), (refused.Kind, refused.Reason));

            // Nothing is corrected yet: handed to the spool, refused once more, and the same letter is open again.
            await server.WaitUntilDrainedAsync();
            Assert.Equal(0, (await Letters.ReplayAsync(data.Path, config.Path, "--reason", "refused_by_store")).ExitCode);
            await Until.TrueAsync("the store has refused it again", async () => await server.MetricAsync("cityperception_dispatch_lines_refused_total") == 2, Ct);
            Assert.Equal(refused.Id, Assert.Single(Letters.In(data.Path, DeadLetterState.Open)).Id);
            Assert.Single(Letters.In(data.Path));
            await server.WaitUntilDrainedAsync();
            Assert.Equal(0, (await server.StopAsync()).ExitCode);
        }

        File.Delete(Path.Combine(data.Path, "cityperception.duckdb")); // a store that does not know the field yet
        await using (Server server = await Server.StartAsync(data.Path, config.Path))
        {
            Assert.Equal(0, (await Letters.ReplayAsync(data.Path, config.Path)).ExitCode);
            await server.WaitUntilDrainedAsync();
            Assert.Equal(1, await server.MetricAsync("cityperception_dispatch_lines_written_total"));
            Assert.Equal(0, await server.MetricAsync("cityperception_dispatch_lines_refused_total"));
        }

        Assert.Equal(DeadLetterState.Replayed, Assert.Single(Letters.In(data.Path)).State);
    }

    [Fact]
    public async Task Replay_KilledInTheMiddleAndGivenAgain_LosesAndDoublesNothing()
    {
        const int Count = 40_000;
        using var data = new TempFolder();
        await Letters.WriteAsync(data.Path, Enumerable.Range(0, Count).Select(i => Letters.Good(i)));
        await using (Server server = await Server.StartAsync(data.Path))
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, "/api/deadletters/replay") { Content = new StringContent("{}", System.Net.Http.Headers.MediaTypeHeaderValue.Parse("application/json")) };
            request.Headers.Accept.ParseAdd("application/x-ndjson");
            using HttpResponseMessage answer = await server.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
            using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Ct));
            string first = await lines.ReadLineAsync(Ct) ?? "";
            await server.KillAsync();
            Assert.StartsWith("{\"progress\":{\"done\":0", first, StringComparison.Ordinal);
        }

        int replayed = Letters.In(data.Path, DeadLetterState.Replayed).Count;
        Assert.InRange(replayed, 1, Count - 1);
        Assert.True(File.Exists(Path.Combine(data.Path, "server.json"))); // of the run that was killed: the command sees that nobody is there

        (int exitCode, _, string said) = await Letters.ReplayAsync(data.Path, null);
        Assert.Equal(0, exitCode);
        Assert.Contains($"{Count - replayed} of {Count - replayed} letters replayed", said, StringComparison.Ordinal);
        Assert.Empty(Letters.In(data.Path, DeadLetterState.Open));

        await using (Server server = await Server.StartAsync(data.Path))
        {
            await server.WaitUntilDrainedAsync();
            Assert.Equal(0, (await server.StopAsync()).ExitCode);
        }

        Assert.Equal(
            Enumerable.Range(0, Count).Select(i => (Letters.TimeMs(i) * 1_000_000, (double)(i % 100))),
            (await Kept.PointsAsync(data.Path, "air_quality", "pm25")).OrderBy(p => p.TimeNs));
    }

    [Fact]
    public async Task Replay_IntoASpoolThatIsFullWithoutAServer_StopsAndSaysWhatToDo()
    {
        using var data = new TempFolder();
        string[] small = ["--set", "Backfill:MaxBytes=4194304"];
        await Letters.WriteAsync(data.Path, Enumerable.Range(0, 40_000).Select(i => Letters.Good(i)));

        (int exitCode, _, string error) = await Letters.ReplayAsync(data.Path, null, small);
        Assert.Equal(1, exitCode);
        Assert.Contains("Stopped early: the spool is full, and nobody empties it: start the server", error, StringComparison.Ordinal);
        int replayed = Letters.In(data.Path, DeadLetterState.Replayed).Count;
        Assert.InRange(replayed, 1, 39_999);
        Assert.Contains($"{replayed} of {replayed} letters replayed", error, StringComparison.Ordinal);

        await using Server server = await Server.StartAsync(data.Path);
        Assert.Equal(0, (await Letters.ReplayAsync(data.Path, null)).ExitCode);
        await server.WaitUntilDrainedAsync();
        Assert.Equal(40_000, await server.MetricAsync("cityperception_dispatch_lines_written_total"));
    }

    private static async Task PublishAsync(Server server, string topic, string payload, params (string Name, string Value)[] properties)
    {
        using IMqttClient client = await MqttSender.ConnectAsync(server.MqttPort, Guid.NewGuid().ToString("N"), Ct);
        MqttApplicationMessageBuilder message = new MqttApplicationMessageBuilder().WithTopic(topic).WithPayload(payload).WithQualityOfServiceLevel(MqttQualityOfServiceLevel.AtLeastOnce);
        foreach ((string name, string value) in properties) message.WithUserProperty(name, System.Text.Encoding.UTF8.GetBytes(value));
        await client.PublishAsync(message.Build(), Ct);
    }
}
