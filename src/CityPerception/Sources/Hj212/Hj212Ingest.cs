using System.Collections.Concurrent;
using System.Collections.Frozen;
using System.Text;
using CityPerception.Configuration;
using CityPerception.Core.Decoding.Hj212;
using CityPerception.Core.Mapping;
using CityPerception.Core.Observations;
using CityPerception.Observability;
using Microsoft.Extensions.Options;

namespace CityPerception.Sources.Hj212;

/// <summary>Takes frames, whichever connection they come by: maps, appends, keeps what is refused.</summary>
internal sealed class Hj212Ingest(Intake intake, CurrentPlan current, IngestMetrics metrics, Hj212Metrics frames, IOptions<Hj212Options> options, TimeProvider clock)
{
    public const string Transport = "hj212";

    // Whoever makes up devices without end only loses the memory of them.
    private const int MaxRoutes = 50_000;

    private static readonly Dictionary<string, string> LenientProperties = new() { [Hj212Decoder.CheckProperty] = Hj212Decoder.Lenient };

    private readonly FrozenSet<string> _lenient = options.Value.LenientDevices.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).ToFrozenSet();
    private Routes? _routes;

    /// <summary>Whether frames of this device are taken in spite of a fault.</summary>
    public bool IsLenient(Hj212Call call) => options.Value.Lenient || _lenient.Contains(call.Device);

    /// <summary>Maps a frame by each source that wants it. Null: the spool had no room by the time at which the device sends it again.</summary>
    /// <exception cref="IOException">The disk has failed: do not answer.</exception>
    public async ValueTask<Hj212Receipt?> AcceptAsync(Hj212Call call, Hj212Fault fault, ReadOnlyMemory<byte> frame, MappingRun run, CancellationToken cancellationToken)
    {
        CompiledSource[] sources = Find(call.Route);
        if (sources.Length == 0)
        {
            if (call.Command is Hj212Call.Heartbeat || call.IsReply) return new Hj212Receipt(Origin.Now(metrics.For(IngestMetrics.NoSource, Transport), call.Route, clock), default);
            return await RefuseAsync(call.Route, frame, new Rejection(RejectionReason.SourceUnknown, 0, call.Route, "no source takes frames of this ST/CN/MN (from: hj212)"), cancellationToken);
        }

        Hj212Receipt receipt = default;
        if (fault is not Hj212Fault.None) frames.Tolerated(fault);
        foreach (CompiledSource source in sources)
        {
            Origin origin = Origin.Now(metrics.For(source.Name, Transport), call.Route, clock);
            origin.Meter.Received(1, frame.Length, origin.ReceivedNs);
            IntakeTicket ticket;
            while (!intake.TryAppend(source, origin.Meter, Message(call, fault, frame, origin), run, out ticket))
                if (!await HasRoomAsync(call, origin, cancellationToken)) return null;

            if (run.FilteredCount > 0) origin.Meter.FilteredElements(run.FilteredCount);
            if (run.RejectedCount > 0)
                ticket = await intake.RejectAsync(ticket, origin with { Properties = fault is Hj212Fault.None ? null : LenientProperties }, run.Rejections, run.RejectedCount, frame, cancellationToken);
            receipt = new Hj212Receipt(origin, receipt.Ticket.And(ticket));
        }

        return receipt;
    }

    /// <summary>Keeps bytes as a dead letter.</summary>
    /// <exception cref="IOException">The disk has failed.</exception>
    public async ValueTask<Hj212Receipt> RefuseAsync(string? route, ReadOnlyMemory<byte> bytes, Rejection rejection, CancellationToken cancellationToken)
    {
        CompiledSource[] sources = route is null ? [] : Find(route);
        Origin origin = Origin.Now(metrics.For(sources is [var source, ..] ? source.Name : IngestMetrics.NoSource, Transport), route, clock);
        origin.Meter.Received(1, bytes.Length, origin.ReceivedNs);
        return new Hj212Receipt(origin, await intake.RejectAsync(default, origin, [rejection], 1, bytes, cancellationToken));
    }

    /// <summary>Waits for everything of the frame to be on the disk. False: not before the device sends it again, so nobody waits for the answer.</summary>
    /// <exception cref="IOException">The disk has failed: do not answer.</exception>
    public async ValueTask<bool> IsDurableInTimeAsync(Hj212Receipt receipt, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = UntilAnswer(receipt.Origin);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await intake.WaitDurableAsync(receipt.Ticket, receipt.Origin, either.Token);
            return !late.IsCancellationRequested;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    // A device that wants no answer never sends again: it waits as long as it takes, and so does its connection.
    private async ValueTask<bool> HasRoomAsync(Hj212Call call, Origin origin, CancellationToken cancellationToken)
    {
        using CancellationTokenSource late = call.WantsAnswer ? UntilAnswer(origin) : new CancellationTokenSource();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancellationToken);
        try
        {
            await intake.WaitForRoomAsync(either.Token);
            return true;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            return false;
        }
    }

    private CancellationTokenSource UntilAnswer(Origin origin)
    {
        TimeSpan left = options.Value.AnswerTimeout - clock.GetElapsedTime(origin.ReceivedTimestamp);
        return new CancellationTokenSource(left > TimeSpan.Zero ? left : TimeSpan.Zero, clock);
    }

    private static Message Message(Hj212Call call, Hj212Fault fault, ReadOnlyMemory<byte> frame, Origin origin) => new()
    {
        Payload = frame.Span,
        Topic = Encoding.UTF8.GetBytes(call.Route),
        Properties = fault is Hj212Fault.None ? null : LenientCheck.Instance,
        ReceivedNs = origin.ReceivedNs,
    };

    private CompiledSource[] Find(string route)
    {
        Routes? routes = Volatile.Read(ref _routes);
        IngestPlan plan = current.Plan;
        if (routes is null || !ReferenceEquals(routes.Plan, plan) || routes.Sources.Count > MaxRoutes) Volatile.Write(ref _routes, routes = new Routes(plan));
        return routes.Sources.GetOrAdd(route, static (key, of) => of.SourcesOfHj212(key), plan);
    }

    private sealed record Routes(IngestPlan Plan)
    {
        public ConcurrentDictionary<string, CompiledSource[]> Sources { get; } = new();
    }

    private sealed class LenientCheck : IMessageProperties
    {
        public static LenientCheck Instance { get; } = new();

        public string? Find(string name) => LenientProperties.GetValueOrDefault(name);
    }
}

/// <summary>What the answer to a frame waits for.</summary>
internal readonly record struct Hj212Receipt(Origin Origin, IntakeTicket Ticket);
