using CityPerception.Core.LineProtocol;
using CityPerception.Core.Mapping.Expressions;
using CityPerception.Core.Mapping.Paths;
using CityPerception.Core.Mapping.Values;
using CityPerception.Core.Observations;
using CityPerception.Core.Text;

namespace CityPerception.Core.Mapping.Plans;

/// <summary>Fields whose names stand in the data: walks the members and writes each as the field that its name means.</summary>
internal sealed class MembersPlan
{
    /// <summary>The scope whose elements are the members; null where the observation's element is the one member.</summary>
    public required int? Scope { get; init; }

    public required ValuePlan Name { get; init; }

    /// <summary>Field names, and where the file has a map the names in the data, to fields and their place in <see cref="MappingRun.FieldsSeen"/>.</summary>
    public required Utf8Map<(FieldPlan Field, ValuePlan Value, int Number)> Fields { get; init; }

    public required string Path { get; init; }

    public required bool OmitUnknown { get; init; }

    public bool TryWrite(CompiledSource source, scoped in MappingContext context, ref LineProtocolWriter line)
    {
        MappingRun run = context.Run;
        Array.Clear(run.FieldsSeen);
        if (Scope is not { } members) return TryWriteMember(in context, ref line);

        ScopePlan scope = source.Scopes[members];
        ref Slot container = ref run[scope.Container];
        if (container.Kind != SlotKind.Json) return true;

        var children = new JsonChildren(context.Document.Slice(container.Start, container.Length), container.Start, source.MaxDepth);
        while (children.MoveNext())
        {
            if (!source.TryCapture(members, context.Document, children.Start, children.Length, children.Key, run)) return false;
            if (!TryWriteMember(in context, ref line)) return false;
        }

        return true;
    }

    private bool TryWriteMember(scoped in MappingContext context, ref LineProtocolWriter line)
    {
        MappingRun run = context.Run;
        if (!Name.TryEvaluate(in context, out Value nameFound)) return false;
        if (!Functions.TryText(nameFound, in context, out ReadOnlySpan<byte> name) || !Fields.TryGet(name, out (FieldPlan Field, ValuePlan Value, int Number) target))
            return OmitUnknown || run.Fail(RejectionReason.FieldUnknown, Path, $"no field for {ValuePlan.Describe(nameFound)}");

        if (!target.Value.TryEvaluate(in context, out Value found)) return false;
        if (found.IsMissing) return true;
        if (run.FieldsSeen[target.Number])
            return run.Fail(RejectionReason.DuplicateKey, Path, $"two members are the same field: {ValuePlan.Describe(nameFound)}");

        run.FieldsSeen[target.Number] = true;
        return target.Field.TryWrite(found, Path, in context, ref line) || target.Value.OmitInvalid;
    }
}
