using System.Collections.Immutable;
using System.Reflection;
using System.Reflection.Emit;
using System.Reflection.Metadata;
using System.Reflection.Metadata.Ecma335;
using System.Reflection.PortableExecutable;

namespace Marketplace.Properties.Purity;

/// <summary>One use of something from another assembly.</summary>
/// <param name="Where">Type and member that uses it.</param>
/// <param name="What">Type, and member where there is one: <c>System.DateTime.get_UtcNow</c>.</param>
/// <param name="IsDropped">It is a call, and the result is thrown away.</param>
/// <param name="Before">What was called just before, and left its result for it.</param>
internal sealed record Use(string Where, string What, bool IsDropped = false, string? Before = null);

/// <summary>An assembly as it was compiled: what the source says indirectly (through a using, an extension, an iterator) is here as well.</summary>
internal sealed class CompiledCode : IDisposable
{
    private static readonly Dictionary<short, OpCode> OpCodesByValue = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    private readonly PEReader file;
    private readonly MetadataReader metadata;
    private readonly TypeNames names;

    public CompiledCode(Assembly assembly)
    {
        file = new PEReader(File.OpenRead(assembly.Location));
        metadata = file.GetMetadataReader();
        names = new TypeNames(metadata);
    }

    public IReadOnlyCollection<string> ReferencedAssemblies =>
        [.. metadata.AssemblyReferences.Select(handle => metadata.GetString(metadata.GetAssemblyReference(handle).Name))];

    /// <summary>Everything that the code of the assembly uses: called, constructed, or named in a signature.</summary>
    public IEnumerable<Use> Uses() => metadata.TypeDefinitions.SelectMany(UsesOf);

    /// <summary>Static fields that can be assigned again: state that no parameter shows.</summary>
    public IEnumerable<string> MutableStatics() =>
        from type in metadata.TypeDefinitions
        let definition = metadata.GetTypeDefinition(type)
        from handle in definition.GetFields()
        let field = metadata.GetFieldDefinition(handle)
        where field.Attributes.HasFlag(FieldAttributes.Static)
            && !field.Attributes.HasFlag(FieldAttributes.InitOnly)
            && !field.Attributes.HasFlag(FieldAttributes.Literal)
        let name = $"{names.Of(type)}.{metadata.GetString(field.Name)}"
        where !name.Contains('<', StringComparison.Ordinal) // What the compiler keeps of lambdas is in no one's way.
        select name;

    public void Dispose() => file.Dispose();

    private IEnumerable<Use> UsesOf(TypeDefinitionHandle handle)
    {
        var type = metadata.GetTypeDefinition(handle);
        var typeName = names.Of(handle);
        var inherited = type.GetInterfaceImplementations()
            .Select(implemented => metadata.GetInterfaceImplementation(implemented).Interface)
            .Append(type.BaseType)
            .Where(parent => !parent.IsNil)
            .SelectMany(parent => names.AllOf(parent))
            .Select(what => new Use(typeName, what));
        var inFields = type.GetFields().Select(metadata.GetFieldDefinition).SelectMany(field =>
            field.DecodeSignature(names, null).Select(what => new Use($"{typeName}.{metadata.GetString(field.Name)}", what)));
        var inMethods = type.GetMethods().Select(metadata.GetMethodDefinition).SelectMany(method =>
            UsesOf(method).Select(use => use with { Where = $"{typeName}.{metadata.GetString(method.Name)}" }));
        return inherited.Concat(inFields).Concat(inMethods);
    }

    private IEnumerable<Use> UsesOf(MethodDefinition method)
    {
        var signature = method.DecodeSignature(names, null);
        var inSignature = signature.ParameterTypes.Append(signature.ReturnType).SelectMany(used => used).Select(what => new Use("", what));
        if (method.RelativeVirtualAddress == 0)
        {
            return inSignature;
        }

        var body = file.GetMethodBody(method.RelativeVirtualAddress);
        var inLocals = body.LocalSignature.IsNil
            ? []
            : metadata.GetStandaloneSignature(body.LocalSignature).DecodeLocalSignature(names, null)
                .SelectMany(used => used).Select(what => new Use("", what));
        return inSignature.Concat(inLocals).Concat(UsesOf(body.GetILContent()));
    }

    private IEnumerable<Use> UsesOf(ImmutableArray<byte> code)
    {
        string? before = null;
        for (var at = 0; at < code.Length;)
        {
            var value = code[at] == 0xFE ? unchecked((short)(0xFE00 | code[at + 1])) : (short)code[at];
            var opCode = OpCodesByValue[value];
            var operand = at + opCode.Size;
            at = operand + SizeOfOperand(opCode, code, operand);
            if (opCode.OperandType is OperandType.InlineMethod or OperandType.InlineField or OperandType.InlineType or OperandType.InlineTok)
            {
                var token = MetadataTokens.EntityHandle(BitConverter.ToInt32(code.AsSpan(operand, 4)));
                var isDropped = at < code.Length && code[at] == OpCodes.Pop.Value;
                var mentioned = names.AllOf(token);
                foreach (var what in mentioned)
                {
                    yield return new Use("", what, isDropped, before);
                }

                before = opCode.FlowControl == FlowControl.Call && !mentioned.IsEmpty ? mentioned[0] : null;
            }
            else
            {
                before = null;
            }
        }
    }

    private static int SizeOfOperand(OpCode code, ImmutableArray<byte> bytes, int at) => code.OperandType switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(bytes.AsSpan(at, 4))),
        _ => 4,
    };
}
