using System.Collections.Frozen;
using CityPerception.Configuration;
using CityPerception.Core.Decoding.Hj212;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Observability;
using CityPerception.Sources.Devices;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Hj212;

/// <summary>Takes frames, whichever connection they come by: maps, appends, keeps what is refused.</summary>
internal sealed class Hj212Ingest(Intake intake, CurrentPlan current, IngestMetrics metrics, Hj212Metrics frames, Hj212Keys keys, KnownDevices known, IOptions<Hj212Options> options, TimeProvider clock)
{
    public const string Transport = "hj212";

    private static readonly Dictionary<string, string> LenientProperties = new() { [Hj212Decoder.CheckProperty] = Hj212Decoder.Lenient };

    private readonly FrozenSet<string> _lenient = options.Value.LenientDevices.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToFrozenSet();
    private readonly Hj212Properties _lenientKeys = new(LenientProperties, keys);
    private Hj212Routes? _routes;

    /// <summary>The time in the city's zone, which frames do not name.</summary>
    public DateTimeOffset LocalTime => TimeZoneInfo.ConvertTime(clock.GetUtcNow(), current.Plan.City.Zone);

    /// <summary>Whether frames of this device are taken in spite of a fault.</summary>
    public bool IsLenient(Hj212Route route) => options.Value.Lenient || _lenient.Contains(route.Device);

    /// <summary>Where a frame goes.</summary>
    public Hj212Route Find(in Hj212Head head)
    {
        Hj212Routes? routes = Volatile.Read(ref _routes);
        IngestPlan plan = current.Plan;
        if (routes is null || !ReferenceEquals(routes.Plan, plan) || routes.IsFull) Volatile.Write(ref _routes, routes = new Hj212Routes(plan));
        return routes.Find(in head);
    }

    /// <summary>Maps a frame by each source that wants it. Null: the spool had no room by the time at which the device sends it again.</summary>
    /// <param name="route">Where it goes.</param>
    /// <param name="fault">What is wrong with it, where that is to be overlooked.</param>
    /// <param name="frame">Its bytes.</param>
    /// <param name="wantsAnswer">Whether the device sends it again if it has no answer.</param>
    /// <param name="run">The connection's.</param>
    /// <param name="cancellationToken">Ends the wait for room.</param>
    /// <exception cref="IOException">The disk has failed: do not answer.</exception>
    public async ValueTask<Hj212Receipt?> AcceptAsync(Hj212Route route, Hj212Fault fault, ReadOnlyMemory<byte> frame, bool wantsAnswer, MappingRun run, CancellationToken cancellationToken)
    {
        if (route.Sources.Length == 0)
        {
            if (route.IsTalk) return new Hj212Receipt(Origin.Now(metrics.For(IngestMetrics.NoSource, Transport), route.Text, clock), default);
            return await RefuseAsync(route, frame, new Rejection(RejectionReason.SourceUnknown, 0, route.Text, "no source takes frames of this ST/CN/MN (from: hj212)"), cancellationToken);
        }

        Hj212Receipt receipt = default;
        if (fault is not Hj212Fault.None) frames.Tolerated(fault);
        foreach (CompiledSource source in route.Sources)
        {
            Origin origin = Origin.Now(metrics.For(source.Name, Transport), route.Text, clock);
            origin.Meter.Received(1, frame.Length, origin.ReceivedNs);
            IntakeTicket ticket;
            while (!intake.TryAppend(source, origin.Meter, Message(route, fault, frame, origin), run, out ticket))
                if (!await HasRoomAsync(wantsAnswer, origin, cancellationToken)) return null;

            if (run.FilteredCount > 0) origin.Meter.FilteredElements(run.FilteredCount);
            if (run.RejectedCount > 0)
                ticket = await intake.RejectAsync(ticket, origin with { Properties = fault is Hj212Fault.None ? null : LenientProperties }, run.Rejections, run.RejectedCount, frame, cancellationToken);
            receipt = new Hj212Receipt(origin, receipt.Ticket.And(ticket));
        }

        return receipt;
    }

    /// <summary>Keeps bytes as a dead letter.</summary>
    /// <exception cref="IOException">The disk has failed.</exception>
    public async ValueTask<Hj212Receipt> RefuseAsync(Hj212Route? route, ReadOnlyMemory<byte> bytes, Rejection rejection, CancellationToken cancellationToken)
    {
        Origin origin = Origin.Now(metrics.For(route?.Sources is [var source, ..] ? source.Name : IngestMetrics.NoSource, Transport), route?.Text, clock);
        origin.Meter.Received(1, bytes.Length, origin.ReceivedNs);
        return new Hj212Receipt(origin, await intake.RejectAsync(default, origin, [rejection], 1, bytes, cancellationToken));
    }

    /// <summary>Until the device sends the frame again, so that nobody waits for its answer.</summary>
    public TimeLimit UntilSentAgain(Origin origin, CancellationToken cancellationToken) =>
        new(options.Value.AnswerTimeout - clock.GetElapsedTime(origin.ReceivedTimestamp), clock, cancellationToken);

    /// <summary>Waits for everything of the frame to be on the disk. False: not within the limit.</summary>
    /// <exception cref="IOException">The disk has failed: do not answer.</exception>
    public async ValueTask<bool> IsDurableAsync(Hj212Receipt receipt, TimeLimit limit)
    {
        try
        {
            await intake.WaitDurableAsync(receipt.Ticket, receipt.Origin, limit.Token);
            return !limit.IsOver;
        }
        catch (OperationCanceledException) when (limit.IsOver)
        {
            return false;
        }
    }

    // A device that wants no answer never sends again: it waits as long as it takes, and so does its connection.
    private async ValueTask<bool> HasRoomAsync(bool wantsAnswer, Origin origin, CancellationToken cancellationToken)
    {
        using TimeLimit limit = wantsAnswer ? UntilSentAgain(origin, cancellationToken) : new TimeLimit(Timeout.InfiniteTimeSpan, clock, cancellationToken);
        try
        {
            await intake.WaitForRoomAsync(limit.Token);
            return true;
        }
        catch (OperationCanceledException) when (limit.IsOver)
        {
            return false;
        }
    }

    private Message Message(Hj212Route route, Hj212Fault fault, ReadOnlyMemory<byte> frame, Origin origin) => new()
    {
        Payload = frame.Span,
        Topic = route.Topic,
        Properties = fault is Hj212Fault.None ? keys : _lenientKeys,
        ReceivedNs = origin.ReceivedNs,
        Devices = known.InUse,
        Sender = known.InUse is null ? null : route.Sender,
    };
}

/// <summary>What the answer to a frame waits for.</summary>
internal readonly record struct Hj212Receipt(Origin Origin, IntakeTicket Ticket);
