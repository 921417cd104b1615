; `Messenger-….exe /S /SERVER=https://chat.example.org [/LOCKED=1] [/UPDATES=https://…/downloads]
; [/PROXY=proxy.example.org:3128] [/DICTIONARIES=https://…/downloads]` leaves in the registry what the
; program reads as its preset (src/main/preset.ts): of the machine, or of one person, as it is installed.
; Not in a file beside the program: an update replaces the whole folder.
!include "FileFunc.nsh"

!macro keepOption OPTION NAME
  ClearErrors
  ${GetOptions} $R8 "/${OPTION}=" $R9
  ${IfNot} ${Errors}
    WriteRegStr SHELL_CONTEXT "Software\Messenger" "${NAME}" "$R9"
  ${EndIf}
!macroend

!macro customInstall
  Push $R8
  Push $R9
  ${GetParameters} $R8
  !insertmacro keepOption "SERVER" "Servers"
  !insertmacro keepOption "LOCKED" "Locked"
  !insertmacro keepOption "UPDATES" "Updates"
  !insertmacro keepOption "PROXY" "Proxy"
  !insertmacro keepOption "DICTIONARIES" "Dictionaries"
  ClearErrors
  Pop $R9
  Pop $R8
!macroend

!macro customUnInstall
  ${IfNot} ${isUpdated}
    DeleteRegKey SHELL_CONTEXT "Software\Messenger"
  ${EndIf}
!macroend
