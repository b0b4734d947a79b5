namespace CityPerception.Core.Decoding.SenMl;

/// <summary>The base values in force. Each holds from the record that has it to the next that has it (RFC 8428, section 4.1).</summary>
internal ref struct SenMlBases
{
    public SenMlText Name { get; private set; }

    public SenMlText Unit { get; private set; }

    public ReadOnlySpan<byte> Time { get; private set; }

    public ReadOnlySpan<byte> Value { get; private set; }

    public ReadOnlySpan<byte> Sum { get; private set; }

    public void Take(SenMlRecord record)
    {
        if ((record.Has & SenMlLabel.BaseName) != 0) Name = record.BaseName;
        if ((record.Has & SenMlLabel.BaseUnit) != 0) Unit = record.BaseUnit;
        if ((record.Has & SenMlLabel.BaseTime) != 0) Time = record.BaseTime;
        if ((record.Has & SenMlLabel.BaseValue) != 0) Value = record.BaseValue;
        if ((record.Has & SenMlLabel.BaseSum) != 0) Sum = record.BaseSum;
    }
}
